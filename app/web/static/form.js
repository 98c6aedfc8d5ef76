// Helps with a form: counts what is typed, names the chosen files and their sizes, refuses what is too large before it is sent,
// brings the reader to the summary of errors, and sends once. Everything is checked again by the server.

const locale = `${document.documentElement.lang || "en"}-u-nu-latn`; // the digits that the server writes
const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (whole, key) => words[key] ?? whole);

const size = (bytes) => {
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, "kilobyte"] : [bytes / 1_000_000, "megabyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: amount < 10 ? 1 : 0 }).format(amount);
};

document.querySelector("[data-errors]")?.focus();

for (const area of document.querySelectorAll("[data-count]")) {
  const told = document.getElementById(area.dataset.count);
  const number = new Intl.NumberFormat(locale);
  const show = () => {
    const left = Number(area.dataset.limit) - [...area.value].length;
    told.textContent = fill(left < 0 ? told.dataset.over : told.dataset.left, { count: number.format(Math.abs(left)) });
    told.classList.toggle("is-over", left < 0);
  };
  area.addEventListener("input", show);
  show();
}

for (const box of document.querySelectorAll("[data-file]")) {
  const input = box.querySelector("input");
  const names = box.parentElement.querySelector("[data-file-names]");
  const wrong = box.parentElement.querySelector("[data-file-wrong]");
  const limit = Number(input.dataset.maxBytes) || Infinity;
  box.classList.add("is-live");
  const show = () => {
    const files = [...input.files];
    const tooLarge = files.filter((file) => file.size > limit);
    names.replaceChildren(
      ...files.map((file) => {
        const line = document.createElement("li");
        const name = document.createElement("bdi");
        const weight = document.createElement("span");
        name.textContent = file.name;
        weight.textContent = size(file.size);
        line.classList.toggle("is-over", file.size > limit);
        line.append(name, weight);
        return line;
      }),
    );
    wrong.textContent = tooLarge
      .map((file) => fill(wrong.dataset.sentence, { name: file.name, size: size(file.size), limit: size(limit) }))
      .join(" ");
    wrong.hidden = tooLarge.length === 0;
    input.toggleAttribute("data-too-large", tooLarge.length > 0);
    box.classList.toggle("has-files", files.length > 0);
  };
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) box.addEventListener(name, () => box.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) box.addEventListener(name, () => box.classList.remove("is-over"));
  show();
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    const tooLarge = form.querySelector("[data-too-large]");
    if (tooLarge) tooLarge.focus();
    if (tooLarge || form.dataset.sending === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
  });
}

// coming back with the browser's own button: the form can be sent again
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
  for (const button of document.querySelectorAll("form .button[aria-disabled]")) button.removeAttribute("aria-disabled");
});
