/** A tile's picture in full: the small copy at once, then the original in its place, if it comes. */

import { slot } from "./tile.js";

/** @param {HTMLImageElement} image @param {HTMLElement} tile */
export async function hangWhole(image, tile) {
  const small = slot(tile, "image");
  const original = slot(tile, "link").href;
  if (image.dataset.original === original) return;
  image.dataset.original = original;
  image.alt = small.alt;
  image.src = small.currentSrc || small.src;
  const loaded = new Image();
  loaded.src = original;
  const came = await loaded.decode().then(
    () => true,
    () => false,
  );
  if (came && image.dataset.original === original) image.src = original;
}

/** The tiles that have a picture to show. @param {HTMLElement} list */
export function hung(list) {
  const drawn = [...list.querySelectorAll('[data-tile][data-status="completed"]')];
  return drawn.filter((tile) => !slot(tile, "image").hasAttribute("data-lost"));
}
