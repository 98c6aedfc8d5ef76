// Makes a countdown live: days, hours and minutes in the page's language; and lets midnight roll along the strip of the world.
// Without it the server's sentences stand. It changes once a minute and is not announced: a clock that speaks every minute
// would drown everything else. Nothing moves.

const MINUTE_MS = 60_000;
const locale = document.documentElement.lang || "en";
const countdowns = document.querySelectorAll("[data-countdown]");
const strips = document.querySelectorAll("[data-strip]");
const first = document.querySelector("[data-countdown], [data-strip]");
// the page's own clock starts at the server's instant, so that a wrong clock on the phone does not move the day
const skewMs = first ? Date.parse(first.dataset.now) - Date.now() : 0;

const unit = (name, count) => {
  const holder = document.createElement("span");
  holder.className = "countdown-unit";
  const format = new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" });
  for (const part of format.formatToParts(count)) {
    const word = document.createElement(part.type === "integer" ? "b" : "span");
    word.textContent = part.value;
    holder.append(word);
  }
  return holder;
};

const untilThen = (leftMs) => {
  const minutes = Math.ceil(leftMs / MINUTE_MS);
  const units = document.createElement("span");
  units.className = "countdown-units";
  if (minutes >= 1440) units.append(unit("day", Math.floor(minutes / 1440)), " ");
  if (minutes >= 60) units.append(unit("hour", Math.floor(minutes / 60) % 24), " ");
  units.append(unit("minute", minutes % 60));
  return units;
};

const count = (countdown, now) => {
  const left = countdown.querySelector("[data-left]");
  const goals = [...countdown.querySelectorAll("[data-until]")];
  const next = goals.find((goal) => now < Date.parse(goal.dataset.until));
  for (const goal of goals) goal.hidden = goal !== next;
  if (next) left.replaceChildren(untilThen(Date.parse(next.dataset.until) - now));
  else left.textContent = now < Date.parse(countdown.dataset.endsAt) ? countdown.dataset.today : countdown.dataset.over;
};

const roll = (strip, now) => {
  const zones = [...strip.querySelectorAll("[data-begins-at]")];
  const begun = zones.filter((zone) => now >= Date.parse(zone.dataset.beginsAt));
  const [next] = zones.slice(begun.length);
  for (const zone of zones) zone.classList.toggle("strip-next", zone === next);
  for (const zone of begun) {
    zone.classList.add("strip-begun");
    zone.querySelector("[data-begun-there]").textContent = strip.dataset.yes;
  }
  if (begun.length === 0) return;
  const cities = (some) => some.reduce((sum, zone) => sum + Number(zone.dataset.cities), 0);
  const said = (number) => new Intl.NumberFormat(locale).format(number);
  const sentence = next ? strip.dataset.begun : strip.dataset.everywhere;
  strip.querySelector("[data-begun-in]").textContent = sentence
    .replace("{begun}", said(cities(begun))).replace("{all}", said(cities(zones)));
  const told = strip.querySelector("[data-next-in]");
  if (told) told.textContent = next ? strip.dataset.next.replace("{place}", next.dataset.label) : "";
};

const show = () => {
  const now = Date.now() + skewMs;
  for (const countdown of countdowns) count(countdown, now);
  for (const strip of strips) roll(strip, now);
  return now;
};

const keepCounting = () => {
  const now = show();
  window.setTimeout(keepCounting, MINUTE_MS - (now % MINUTE_MS)); // days begin at whole minutes everywhere
};

if (first) {
  keepCounting();
  document.addEventListener("visibilitychange", show); // a phone that slept
}
