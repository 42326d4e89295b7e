/** A picture that does not come is told in words, in its own place, and asked for a few times more. */

const AGAIN = [2000, 10_000, 60_000];

function ask(image) {
  image.setAttribute("src", image.getAttribute("src"));
}

/** `data-lost` counts how often it did not come. */
function lose(image) {
  const before = Number(image.dataset.lost ?? 0);
  image.dataset.lost = before + 1;
  if (before < AGAIN.length)
    setTimeout(() => image.hasAttribute("data-lost") && ask(image), AGAIN[before]);
}

function tell({ target, type }) {
  if (!(target instanceof HTMLImageElement)) return;
  if (type === "error") lose(target);
  else delete target.dataset.lost;
}

export function tellLosses() {
  // These events do not bubble.
  for (const type of ["error", "load"]) document.addEventListener(type, tell, true);
  for (const image of document.querySelectorAll("img[src]")) {
    if (image.complete && !image.naturalWidth) lose(image);
  }
  window.addEventListener("online", () => {
    for (const image of document.querySelectorAll("img[data-lost]")) ask(image);
  });
}
