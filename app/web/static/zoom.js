// The zoomable collage with OpenSeadragon: from the whole down to one face. A tile opens its words, by click, tap or keyboard.
// The words of a place are asked for when somebody comes to it; the server asks each time whether they may still be shown.
// Where the picture does not arrive, and on paper, the list is taken out of where it stands for browsers without scripts.

const zoom = document.querySelector("[data-zoom]");
const page = zoom.dataset;
const [columns, rows, deepest] = [Number(page.columns), Number(page.rows), Number(page.deepest)];
const part = (name) => zoom.querySelector(`[data-${name}]`);
const [stage, said, wrong, dialog, content] = ["stage", "said", "wrong", "words", "content"].map(part);
const TILE = 512;
const TO_READ_PX = 120; // a tile on the screen that can be told from the next
const FIRST_VIEW_PX = 600_000; // of the picture before anybody came closer: loads in a moment on a bad line
const WAIT_MS = 150; // who holds an arrow key down passes many tiles
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const fill = (address, values) => address.replace(/\{(\w+)\}/g, (_whole, key) => values[key]);
const between = (value, least, most) => Math.min(Math.max(value, least), most);

const unlisted = document.querySelector("noscript[data-list]");
const list = (isSeen) => {
  if (unlisted.isConnected) {
    const written = new DOMParser().parseFromString(unlisted.textContent, "text/html");
    unlisted.replaceWith(...written.body.children);
  }
  document.querySelector("#list")?.classList.toggle("is-for-print", !isSeen);
};
const lost = () => {
  if (zoom.classList.contains("is-lost")) return;
  zoom.classList.add("is-lost");
  wrong.textContent = page.lost;
  list(true);
  document.querySelector("#found")?.scrollIntoView({ block: "start", behavior: "instant" });
};
addEventListener("beforeprint", () => {
  list(zoom.classList.contains("is-lost"));
  for (const picture of document.querySelectorAll("#list [loading]")) picture.loading = "eager";
});

zoom.hidden = false;
// OpenSeadragon adds a sheet of its own unless it finds one, and the page's policy would complain: an element that is none
const sheet = document.createElementNS("about:blank", "style");
sheet.setAttribute("data-openseadragon-mobile-css", "");
document.head.append(sheet);
const { OpenSeadragon } = window;
if (!OpenSeadragon) {
  lost();
  throw new Error("the viewer did not arrive");
}
const firstLevel = () => {
  let level = deepest;
  while (level > 9 && (columns * TILE * rows * TILE) / 4 ** (deepest - level) > FIRST_VIEW_PX) level -= 1;
  return level;
};
const source = {
  width: columns * TILE,
  height: rows * TILE,
  tileSize: TILE,
  tileOverlap: 0,
  minLevel: Math.min(8, deepest),
  maxLevel: firstLevel(),
  getTileUrl: (level, x, y) => fill(page.tiles, { level, x, y }),
};
// levels are counted from the deepest one, whatever the deepest is that is shown at first
source.getLevelScale = (level) => 1 / 2 ** (deepest - level);

const viewer = new OpenSeadragon.Viewer({
  element: stage,
  tileSources: source,
  drawer: "canvas",
  showNavigationControl: false,
  showNavigator: false,
  animationTime: isCalm.matches ? 0 : 0.6,
  blendTime: 0,
  alwaysBlend: false,
  visibilityRatio: 0.6,
  minZoomImageRatio: 0.8,
  maxZoomPixelRatio: 2,
  preserveImageSizeOnResize: false,
  timeout: 60_000,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, flickEnabled: false },
  gestureSettingsTouch: { clickToZoom: false, dblClickToZoom: true, flickEnabled: !isCalm.matches },
  gestureSettingsPen: { clickToZoom: false, dblClickToZoom: true },
});
const { viewport } = viewer;
const canvas = viewer.canvas;
canvas.tabIndex = 0;
canvas.setAttribute("role", "application");
canvas.setAttribute("aria-label", document.querySelector("#zoom-title").textContent);
canvas.setAttribute("aria-describedby", "zoom-how");

const ring = document.createElement("div");
ring.className = "zoom-focus";
let at = null;
let asked = 0;
let waiting = 0;

// one place is 1 / columns wide where the whole picture is 1 wide
const side = 1 / columns;
const rect = (place) => new OpenSeadragon.Rect((place % columns) * side, Math.floor(place / columns) * side, side, side);
const onScreen = () => viewport.deltaPixelsFromPoints(new OpenSeadragon.Point(side, side)).x;

const sharpen = () => {
  if (source.isSharp) return;
  source.isSharp = true;
  const item = viewer.world.getItemAt(0);
  if (!item) return;
  item.source.maxLevel = deepest;
  viewer.world.update(true); // the view is the same, and yet there is more to load
  viewer.forceRedraw();
};

const words = async (place) => {
  const answer = await fetch(fill(page.place, { place }), { headers: { Accept: "text/html" } });
  if (answer.status === 404) return location.reload(); // the collage was built anew meanwhile: places are others now
  if (!answer.ok) throw new Error(String(answer.status));
  const written = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [label, tile] = ["label", "tile"].map((name) => written.querySelector(`[data-${name}]`));
  wrong.textContent = "";
  return { label: [...label.childNodes], tile };
};

const unsaid = () => {
  wrong.textContent = page.lostWords;
};

const announce = (place) => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const mine = (asked += 1);
    try {
      const found = await words(place);
      if (mine === asked && found) said.replaceChildren(...found.label);
    } catch {
      unsaid();
    }
  }, WAIT_MS);
};

const see = (place, isClose = false) => {
  sharpen();
  const wanted = rect(place);
  if (isClose || onScreen() < TO_READ_PX) {
    const around = isClose ? 0.25 : 1.5;
    wanted.x -= side * around;
    wanted.y -= side * around;
    wanted.width += 2 * side * around;
    wanted.height += 2 * side * around;
    viewport.fitBounds(wanted, isCalm.matches);
    return;
  }
  const view = viewport.getBounds(false);
  const x = between(view.x, wanted.x + side * 1.2 - view.width, wanted.x - side * 0.2);
  const y = between(view.y, wanted.y + side * 1.2 - view.height, wanted.y - side * 0.2);
  viewport.panBy(new OpenSeadragon.Point(x - view.x, y - view.y), isCalm.matches);
};

const focusOn = (place, isClose = false) => {
  at = place;
  if (viewer.getOverlayById(ring)) viewer.updateOverlay(ring, rect(place));
  else viewer.addOverlay({ element: ring, location: rect(place) });
  see(place, isClose);
  announce(place);
};

const open = async (place) => {
  try {
    const found = await words(place);
    if (!found) return;
    said.replaceChildren(...found.label);
    if (!found.tile) return;
    content.replaceChildren(found.tile);
    dialog.showModal();
    content.querySelector("h2").focus();
  } catch {
    unsaid();
  }
};

dialog.addEventListener("close", () => {
  content.replaceChildren(); // a film that plays stops
  canvas.focus({ preventScroll: true });
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // beside it
});

const whole = () => {
  viewport.goHome(isCalm.matches);
  said.textContent = page.whole;
};
const closer = (times) => {
  sharpen();
  viewport.zoomBy(times, at === null ? undefined : rect(at).getCenter(), isCalm.matches);
  viewport.applyConstraints(isCalm.matches);
};

// places that nobody has: there is nothing to read, and the keys pass over them
const nobodys = new Set();
for (const some of page.nobodys.split(" ").filter(Boolean)) {
  const [first, last = first] = some.split("-").map(Number);
  for (let place = first; place <= last; place += 1) nobodys.add(place);
}
const nearest = (place) => {
  for (let far = 0; far < columns * rows; far += 1) {
    const taken = [place - far, place + far].find((each) => each >= 0 && each < columns * rows && !nobodys.has(each));
    if (taken !== undefined) return taken;
  }
  return place;
};
// the next place that somebody has in a direction, at least so many further; none: the last one before the edge
const next = (dx, dy, least = 1) => {
  let found = at;
  let [x, y] = [at % columns, Math.floor(at / columns)];
  for (let steps = 1; ; steps += 1) {
    x += dx;
    y += dy;
    if (x < 0 || y < 0 || x >= columns || y >= rows) return found;
    if (nobodys.has(y * columns + x)) continue;
    found = y * columns + x;
    if (steps >= least) return found;
  }
};

const STEPS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  Home: [-1, 0, columns],
  End: [1, 0, columns],
  PageUp: [0, -1, 5],
  PageDown: [0, 1, 5],
};
const begin = () => {
  const middle = viewport.getCenter();
  const [x, y] = [Math.floor(middle.x / side), Math.floor(middle.y / side)];
  focusOn(nearest(between(y, 0, rows - 1) * columns + between(x, 0, columns - 1)));
};
const KEYS = {
  Enter: () => (at === null ? begin() : open(at)),
  " ": () => (at === null ? begin() : open(at)),
  "+": () => closer(1.6),
  "=": () => closer(1.6),
  "-": () => closer(1 / 1.6),
  0: whole,
};
// before OpenSeadragon's own keys, which pan the picture and know no tiles
stage.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target !== canvas) return;
  const step = STEPS[event.key];
  if (!step && !KEYS[event.key]) {
    if (event.key !== "Tab") event.stopPropagation();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  if (step && at === null) begin();
  else if (step) focusOn(next(...step));
  else KEYS[event.key]();
}, { capture: true });
for (const name of ["keyup", "keypress"]) stage.addEventListener(name, (event) => event.stopPropagation(), { capture: true });

viewer.addHandler("canvas-click", (event) => {
  if (!event.quick) return;
  const point = viewport.pointFromPixel(event.position);
  const [x, y] = [Math.floor(point.x / side), Math.floor(point.y / side)];
  if (x < 0 || y < 0 || x >= columns || y >= rows) return;
  const place = y * columns + x;
  const isLarge = onScreen() >= TO_READ_PX / 2;
  focusOn(place);
  if (isLarge) open(place);
});
viewer.addHandler("canvas-scroll", (event) => {
  if (document.activeElement === canvas || event.originalEvent.ctrlKey) return sharpen();
  event.preventDefaultAction = true; // the page can be scrolled past it
  event.preventDefault = false;
});
for (const name of ["canvas-drag", "canvas-pinch", "canvas-double-click"]) viewer.addHandler(name, sharpen);
for (const button of zoom.querySelectorAll("[data-act]")) {
  const acts = { in: () => closer(1.6), out: () => closer(1 / 1.6), whole };
  button.addEventListener("click", acts[button.dataset.act]);
}

viewer.addHandler("open", () => {
  for (const place of page.marked.split(" ").filter(Boolean).map(Number)) {
    const mark = document.createElement("div");
    mark.className = "zoom-mark";
    viewer.addOverlay({ element: mark, location: rect(place) });
  }
  if (page.found === undefined) return;
  focusOn(Number(page.found), true);
  canvas.focus({ preventScroll: true });
  zoom.scrollIntoView({ block: "start", behavior: "instant" });
});
let hasArrived = false;
viewer.addHandler("tile-loaded", () => {
  hasArrived = true;
});
viewer.addHandler("tile-load-failed", () => {
  if (!hasArrived) lost();
});
viewer.addHandler("tile-drawn", ({ tile }) => {
  stage.dataset.level = String(Math.max(tile.level, Number(stage.dataset.level ?? 0))); // how deep somebody has looked
});
viewer.addHandler("open-failed", lost);
