// A link to a city's part moves the player on this page; without scripts it opens the film at that moment.

for (const film of document.querySelectorAll("[data-chaptered]")) {
  const player = film.querySelector("video");
  film.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-start]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const start = Number(link.dataset.start);
    const move = () => {
      player.currentTime = start;
      player.play().catch(() => {}); // the browser wants a hand on the player first: it stands at the right moment
    };
    if (player.readyState >= HTMLMediaElement.HAVE_METADATA) move();
    else {
      player.addEventListener("loadedmetadata", move, { once: true });
      player.load();
    }
    player.focus({ preventScroll: true });
    player.scrollIntoView({ block: "nearest" });
  });
}
