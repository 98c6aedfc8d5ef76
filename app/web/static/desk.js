// Keys of the desk: whatever carries data-key answers to that letter (A approve, C ask for a change, R reject, H hide,
// J next, K the one before, U undo). Keys can be switched off, as people who dictate need (WCAG 2.1.4).

const REMEMBERED = "polyphony-keys";
const root = document.documentElement;
const toggle = document.querySelector("[data-keys-toggle]");

const setKeys = (on) => {
  root.classList.toggle("keys-on", on);
  if (toggle) toggle.checked = on;
};

if (toggle) {
  toggle.closest("[hidden]")?.removeAttribute("hidden");
  toggle.addEventListener("change", () => {
    window.localStorage.setItem(REMEMBERED, toggle.checked ? "on" : "off");
    setKeys(toggle.checked);
  });
  setKeys(window.localStorage.getItem(REMEMBERED) !== "off");
}

const isTyping = (element) => element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (!root.classList.contains("keys-on") || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  const needed = target.dataset.needs && document.getElementById(target.dataset.needs);
  if (needed && !needed.value) needed.focus();
  else target.click();
});
