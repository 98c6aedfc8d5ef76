// Puts a frame around a picture, in the browser alone: the picture is read, drawn and saved here, and this script knows no way to
// send it (the page's policy forbids every connection). Browsers turn a photo upright by its camera's note when they draw it.
// Nothing moves by itself.

const page = document.querySelector("[data-frame-page]");
const frame = page.querySelector("[data-frame]");
const canvas = page.querySelector("[data-canvas]");
const part = (name) => page.querySelector(`[data-${name}]`);
const [tools, wrong, said, input] = [part("tools"), part("wrong"), part("said"), page.querySelector("input[type=file]")];
const sliders = Object.fromEntries([...page.querySelectorAll("[data-slider]")].map((each) => [each.dataset.slider, each]));
const pen = canvas.getContext("2d");
const SIDE = canvas.width;
const LARGEST = 3000; // of a picture's longer side: small phones have little memory for canvases
const UNTWISTED = 10; // degrees that two fingers turn without meaning it
const [LEAST, MOST] = [Number(sliders.zoom.min) / 100, Number(sliders.zoom.max) / 100];
const START = { x: 0, y: 0, zoom: 1, turn: 0 };

const results = [...page.querySelectorAll("[data-result]")];

let picture = null;
let latest = null; // file that was chosen
let hole = { x: SIDE / 2, y: SIDE / 2, across: SIDE / 2, down: SIDE / 2 };
let view = { ...START };
let waiting = 0;

const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (whole, key) => words[key] ?? whole);
const between = (value, least, most) => Math.min(Math.max(value, least), most);
const turned = (x, y, degrees) => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [x * cos - y * sin, x * sin + y * cos];
};
const locale = document.documentElement.lang || "en";
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const degree = new Intl.NumberFormat(locale, { style: "unit", unit: "degree", unitDisplay: "narrow" });

// Where the frame lets the picture through, so that a face starts in the middle of it. Outside the circle networks cut.
const findHole = () => {
  const small = document.createElement("canvas");
  const size = (small.width = small.height = 108);
  const probe = small.getContext("2d", { willReadFrequently: true });
  probe.drawImage(frame, 0, 0, size, size);
  const { data } = probe.getImageData(0, 0, size, size);
  let [least, most, top, end] = [size, 0, size, 0];
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isCut = Math.hypot(x + 0.5 - size / 2, y + 0.5 - size / 2) > size / 2 - 2;
      if (isCut || data[(y * size + x) * 4 + 3] > 127) continue;
      [least, most, top, end] = [Math.min(least, x), Math.max(most, x + 1), Math.min(top, y), Math.max(end, y + 1)];
    }
  }
  const grain = SIDE / size;
  if (most <= least) return hole;
  return { x: ((least + most) / 2) * grain, y: ((top + end) / 2) * grain, across: ((most - least) / 2) * grain, down: ((end - top) / 2) * grain };
};

// The hole's reach seen from the turned picture, and how large the picture must be to fill hole and circle.
const reach = () => {
  const [cos, sin] = turned(1, 0, view.turn).map(Math.abs);
  const [u, v] = [hole.across * cos + hole.down * sin, hole.across * sin + hole.down * cos];
  return { u, v, scale: (view.zoom * 2 * Math.max(SIDE / 2, u, v)) / Math.min(picture.width, picture.height) };
};

// A large picture always fills the hole; a small one always stays inside.
const hold = () => {
  view.zoom = between(view.zoom, LEAST, MOST);
  if (Math.abs(view.turn) > 180) view.turn -= 360 * Math.sign(view.turn);
  const { u, v, scale } = reach();
  const [most, far] = [Math.abs((picture.width * scale) / 2 - u), Math.abs((picture.height * scale) / 2 - v)];
  const [x, y] = turned(view.x, view.y, -view.turn);
  [view.x, view.y] = turned(between(x, -most, most), between(y, -far, far), view.turn);
  const [cos, sin] = turned(1, 0, view.turn).map(Math.abs);
  return { scale, across: most * cos + far * sin, down: most * sin + far * cos };
};

const share = (value) => percent.format(Math.round(value * 100) / 100 + 0); // + 0: there is no minus nought
const tell = (slider, value, words) => {
  slider.value = String(Math.round(value));
  slider.setAttribute("aria-valuetext", words);
  slider.parentElement.querySelector("[data-value]").textContent = words;
};

const draw = () => {
  waiting = 0;
  const { scale, across, down } = hold();
  for (const [slider, most] of [[sliders.across, across], [sliders.down, down]]) {
    slider.max = String(Math.ceil(most));
    slider.min = String(-Math.ceil(most));
  }
  tell(sliders.zoom, view.zoom * 100, share(view.zoom));
  tell(sliders.turn, view.turn, degree.format(Math.round(view.turn) + 0));
  tell(sliders.across, view.x, share(view.x / SIDE));
  tell(sliders.down, view.y, share(view.y / SIDE));
  pen.resetTransform();
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--poster").trim();
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.imageSmoothingQuality = "high";
  pen.save();
  pen.beginPath();
  pen.arc(SIDE / 2, SIDE / 2, SIDE / 2 - 2, 0, 2 * Math.PI);
  pen.clip(); // to within the ring: where the file is shown as a square, its corners are the campaign's
  pen.translate(hole.x + view.x, hole.y + view.y);
  pen.rotate((view.turn * Math.PI) / 180);
  pen.scale(scale, scale);
  pen.drawImage(picture, -picture.width / 2, -picture.height / 2);
  pen.restore();
  pen.drawImage(frame, 0, 0, SIDE, SIDE);
  for (const result of results) {
    const brush = result.getContext("2d");
    brush.imageSmoothingQuality = "high";
    brush.drawImage(canvas, 0, 0, result.width, result.height);
  }
};

const drawNow = () => {
  if (!waiting) return;
  cancelAnimationFrame(waiting);
  draw();
};

const change = (next) => {
  view = { ...view, ...next };
  said.textContent = "";
  if (!waiting) waiting = requestAnimationFrame(draw);
};

// What a key or a button did, for who cannot see it.
const announce = (slider) => {
  drawNow();
  said.textContent = `${slider.labels[0].textContent}: ${slider.getAttribute("aria-valuetext")}`;
};

// Sizes and turns about a point of the canvas, which then lies under `to`.
const gesture = (from, to, ratio, degrees) => {
  const zoom = between(view.zoom * ratio, LEAST, MOST);
  const [x, y] = turned(hole.x + view.x - from.x, hole.y + view.y - from.y, degrees);
  const grown = zoom / view.zoom;
  change({ x: to.x + x * grown - hole.x, y: to.y + y * grown - hole.y, zoom, turn: view.turn + degrees });
};

const upright = async (file) => {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
    const { naturalWidth, naturalHeight } = image; // as a person sees it: the camera's rotation is done
    const shrink = Math.min(1, LARGEST / Math.max(naturalWidth, naturalHeight));
    const sheet = document.createElement("canvas");
    sheet.width = Math.max(1, Math.round(naturalWidth * shrink));
    sheet.height = Math.max(1, Math.round(naturalHeight * shrink));
    const brush = sheet.getContext("2d");
    brush.fillStyle = "white"; // under what is transparent, as on paper
    brush.fillRect(0, 0, sheet.width, sheet.height);
    brush.imageSmoothingQuality = "high";
    brush.drawImage(image, 0, 0, sheet.width, sheet.height);
    return sheet;
  } finally {
    URL.revokeObjectURL(image.src);
  }
};

const isHeic = async (file) => /^ftyp(hei|hev|mif1|msf1)/.test(await file.slice(4, 12).text().catch(() => ""));

const take = async () => {
  const [file] = input.files;
  if (!file) return;
  latest = file;
  wrong.textContent = "";
  said.textContent = page.dataset.opening;
  const [{ value: read }, { reason: frameless }] = await Promise.allSettled([upright(file), frame.decode()]);
  const unread = (await isHeic(file)) ? page.dataset.heic : page.dataset.unread;
  if (file !== latest) return; // another one was chosen meanwhile
  if (frameless || !read) {
    wrong.textContent = frameless ? page.dataset.frameless : fill(unread, { name: file.name });
    said.textContent = picture ? page.dataset.ready : "";
    input.value = "";
    input.dispatchEvent(new Event("change")); // its name goes: the picture before it is the one that is seen and saved
    return;
  }
  picture = read;
  hole = findHole();
  view = { ...START };
  draw();
  page.classList.add("is-live");
  frame.hidden = true;
  canvas.hidden = tools.hidden = false;
  said.textContent = page.dataset.ready;
};

const asFile = async () => {
  drawNow();
  const content = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.93));
  return new File([content], `${page.dataset.fileName}.jpg`, { type: "image/jpeg" });
};

const save = async () => {
  const file = await asFile();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  said.textContent = fill(page.dataset.saved, { name: file.name });
};

const fingers = new Map();
let twist = 0;
const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return { x: ((event.clientX - box.x) * SIDE) / box.width, y: ((event.clientY - box.y) * SIDE) / box.height };
};
const grip = () => {
  const [one, other = one] = [...fingers.values()];
  const angle = (Math.atan2(other.y - one.y, other.x - one.x) * 180) / Math.PI;
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, spread: Math.hypot(other.x - one.x, other.y - one.y), angle };
};
canvas.addEventListener("pointerdown", (event) => {
  if (event.button > 0 || fingers.size === 2) return;
  canvas.setPointerCapture(event.pointerId);
  fingers.set(event.pointerId, place(event));
  twist = 0;
});
canvas.addEventListener("pointermove", (event) => {
  if (!fingers.has(event.pointerId)) return;
  const before = grip();
  fingers.set(event.pointerId, place(event));
  const after = grip();
  if (fingers.size === 1) return gesture(before, after, 1, 0);
  const degrees = ((after.angle - before.angle + 540) % 360) - 180;
  const isMeant = Math.abs(twist) > UNTWISTED;
  twist += degrees;
  gesture(before, after, before.spread ? after.spread / before.spread : 1, isMeant ? degrees : 0);
});
for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
canvas.addEventListener("wheel", (event) => {
  if (document.activeElement !== canvas && !event.ctrlKey) return; // the page can be scrolled past it
  event.preventDefault();
  gesture(place(event), place(event), Math.exp(-event.deltaY / 500), 0);
}, { passive: false });

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIZES = { "+": 1.05, "=": 1.05, "-": 1 / 1.05 };
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const [x, y] = MOVES[event.key] ?? [0, 0];
  const ratio = SIZES[event.key];
  if (!x && !y && !ratio) return;
  event.preventDefault();
  const step = event.shiftKey ? 54 : 11;
  if (ratio) gesture(hole, hole, ratio, 0);
  else change({ x: view.x + x * step, y: view.y + y * step });
  announce(ratio ? sliders.zoom : x ? sliders.across : sliders.down);
});

sliders.zoom.addEventListener("input", () => gesture(hole, hole, sliders.zoom.value / 100 / view.zoom, 0));
sliders.turn.addEventListener("input", () => gesture(hole, hole, 1, sliders.turn.value - view.turn));
sliders.across.addEventListener("input", () => change({ x: Number(sliders.across.value) }));
sliders.down.addEventListener("input", () => change({ y: Number(sliders.down.value) }));
for (const button of page.querySelectorAll("[data-quarter]")) {
  button.addEventListener("click", () => {
    gesture(hole, hole, 1, Number(button.dataset.quarter));
    announce(sliders.turn);
  });
}
part("again").addEventListener("click", () => {
  change(START);
  said.textContent = page.dataset.ready;
});
part("save").addEventListener("click", save);
part("share").addEventListener("click", async () => {
  try {
    await navigator.share({ files: [await asFile()] });
  } catch (refused) {
    if (refused.name !== "AbortError") await save(); // nobody there to take it
  }
});
part("share").hidden = part("share-how").hidden = !navigator.canShare?.({ files: [new File([""], "a.jpg", { type: "image/jpeg" })] });
input.addEventListener("click", () => (input.value = "")); // the same file can be chosen again
input.addEventListener("change", take);
part("live").hidden = false;
take(); // coming back with the browser's own button keeps the choice
