// Makes a countdown live: days, hours and minutes in the page's language. Without it the server's sentence stands.
// It changes once a minute and is not announced: a clock that speaks every minute would drown everything else.

const MINUTE_MS = 60_000;
const locale = document.documentElement.lang || "en";

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

for (const countdown of document.querySelectorAll("[data-countdown]")) {
  const left = countdown.querySelector("[data-left]");
  const startsAt = Date.parse(countdown.dataset.startsAt);
  const endsAt = Date.parse(countdown.dataset.endsAt);
  // the page's own clock starts at the server's instant, so that a wrong clock on the phone does not move the day
  const skewMs = Date.parse(countdown.dataset.now) - Date.now();
  let timer = 0;

  const show = () => {
    const now = Date.now() + skewMs;
    if (now >= startsAt) {
      left.textContent = now < endsAt ? countdown.dataset.today : countdown.dataset.over;
      if (now >= endsAt) window.clearInterval(timer);
      return;
    }
    const minutes = Math.ceil((startsAt - now) / MINUTE_MS);
    const units = document.createElement("span");
    units.className = "countdown-units";
    const days = Math.floor(minutes / 1440);
    if (days > 0) units.append(unit("day", days), " ");
    units.append(unit("hour", Math.floor(minutes / 60) % 24), " ", unit("minute", minutes % 60));
    left.replaceChildren(units);
  };

  show();
  timer = window.setInterval(show, MINUTE_MS / 4);
}
