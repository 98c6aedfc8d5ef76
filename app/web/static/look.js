// Shows the three pieces again while somebody types; without it the button "Show how it looks" does the same.

const form = document.querySelector("[data-look]");
const pieces = [...form.querySelectorAll("[data-piece]")];
const unset = form.querySelector("[data-unset]");
const WAIT_MS = 450;
let waiting = 0;

const value = (name) => form.elements[name]?.value.trim() ?? "";

const show = () => {
  const language = value("language");
  const first = form.querySelector("[name^='name_']").value.trim();
  const logo = value("logo_token") || (form.elements.without_logo?.checked ? "none" : "");
  const words = { campaign: value("campaign"), language, name: value(`name_${language}`) || first, accent: value("accent"), logo };
  for (const piece of pieces) {
    const address = new URL(piece.src);
    for (const [key, word] of Object.entries(words)) address.searchParams.set(key, word);
    if (address.href !== piece.src) {
      piece.dataset.waiting = "";
      piece.src = address.href;
    }
  }
};

const told = (piece, failed) => {
  delete piece.dataset.waiting;
  piece.toggleAttribute("data-failed", failed);
  unset.hidden = !pieces.some((each) => each.hasAttribute("data-failed"));
};

for (const piece of pieces) {
  piece.addEventListener("load", () => told(piece, false));
  piece.addEventListener("error", () => told(piece, true));
}

form.addEventListener("input", (event) => {
  if (event.target.type === "file" || event.target.name.startsWith("handle_")) return;
  clearTimeout(waiting);
  waiting = setTimeout(show, WAIT_MS);
});

// whoever types a name sees the pieces in its language
form.addEventListener("focusin", (event) => {
  const tag = event.target.name?.startsWith("name_") ? event.target.name.slice("name_".length) : "";
  if (tag && value("language") !== tag) {
    form.elements.language.value = tag;
    show();
  }
});

// a logo has to be checked by the server before it is drawn
form.elements.logo.addEventListener("change", (event) => {
  if (event.target.files.length && !event.target.hasAttribute("data-too-large")) {
    form.requestSubmit(form.querySelector("button[value=show]"));
  }
});
