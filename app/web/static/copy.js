// Shows the copy button beside a value, and says when it was copied.

for (const box of document.querySelectorAll("[data-copy]")) {
  const button = box.querySelector("button");
  const value = box.querySelector("input, textarea");
  const told = box.querySelector("[role=status]");
  if (!navigator.clipboard) continue; // an insecure address: the field can still be selected by hand
  button.hidden = false;
  button.addEventListener("click", async () => {
    value.select();
    try {
      await navigator.clipboard.writeText(value.value);
      told.textContent = told.dataset.done;
    } catch {
      told.textContent = told.dataset.byHand; // refused by the browser: the text is selected, the keys still work
    }
  });
}
