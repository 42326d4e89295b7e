/** One tile: a result told in its slots. Its place and its size never change. */

import { price, seconds, stopwatch } from "./format.js";

const THUMBNAIL = 480;
const MEDIUM = 1280;

/** @param {ParentNode} root @param {string} name @returns {HTMLElement} */
export function slot(root, name) {
  return root.querySelector(`[data-slot="${name}"]`);
}

/** @param {HTMLElement} tile @param {object} result as in the snapshot @param {string} alt */
export function paint(tile, result, alt) {
  tile.dataset.started = result.startedAt ?? "";
  slot(tile, "model").textContent = result.model;
  slot(tile, "time").textContent = seconds(result.duration);
  if (result.status === "completed") hang(tile, result, alt);
  if (result.status === "error") {
    slot(tile, "error").textContent = result.error ?? "";
    slot(tile, "code").textContent = result.errorCode ?? "";
  }
  tile.dataset.status = result.status;
}

function hang(tile, result, alt) {
  const image = slot(tile, "image");
  const link = slot(tile, "link");
  slot(tile, "price").textContent = price(result.priceMicros ?? null);
  slot(tile, "size").textContent = `${result.width} × ${result.height}`;
  image.alt = alt;
  image.width = result.width;
  image.height = result.height;
  if (image.getAttribute("src") !== result.thumbnailUrl) show(image, result);
  link.href = result.imageUrl;
  link.hidden = false;
}

/** The copies with their widths. `generation/tiles.py` says the same. */
function srcset({ thumbnailUrl, mediumUrl, width, height }) {
  const longer = Math.max(width, height);
  const wide = (side) => Math.max(1, Math.floor((width * Math.min(side, longer)) / longer));
  return `${mediumUrl} ${wide(MEDIUM)}w, ${thumbnailUrl} ${wide(THUMBNAIL)}w`;
}

/** The display copies come later and look the same: they are ready before they are swapped in. */
async function show(image, result) {
  const { thumbnailUrl, mediumUrl, imageUrl } = result;
  if (image.hasAttribute("src")) {
    const copy = new Image();
    copy.src = thumbnailUrl;
    await copy.decode().catch(() => {});
  }
  if (mediumUrl && mediumUrl !== imageUrl) image.srcset = srcset(result);
  image.src = thumbnailUrl;
}

/** @param {HTMLElement} tile @param {number} now the server's time, in milliseconds */
export function tick(tile, now) {
  if (tile.dataset.status !== "in_progress" || !tile.dataset.started) return;
  slot(tile, "stopwatch").textContent = stopwatch((now - Date.parse(tile.dataset.started)) / 1000);
}
