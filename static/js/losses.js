/** A picture that does not come is told in words, in its own place. */

function tell({ target, type }) {
  if (target instanceof HTMLImageElement) target.toggleAttribute("data-lost", type === "error");
}

export function tellLosses() {
  // These events do not bubble.
  for (const type of ["error", "load"]) document.addEventListener(type, tell, true);
  for (const image of document.querySelectorAll("img[src]")) {
    if (image.complete && !image.naturalWidth) image.toggleAttribute("data-lost", true);
  }
}
