/** A picture at full size. The address tells which one, so that it can be shared and left by Back. */

import { slot } from "./tile.js";
import { word } from "./words.js";

const SWIPE = 50;
const dialog = document.getElementById("lightbox");
let list;
let pushed = false;

/** The tiles that have a picture to show. */
function hung() {
  return [...list.querySelectorAll('[data-tile][data-status="completed"]')];
}

function show(tile) {
  const link = slot(tile, "link");
  const place = { index: tile.dataset.index, total: list.children.length };
  slot(dialog, "place").textContent = word("place", place);
  for (const name of ["model", "time", "price", "size"]) {
    slot(dialog, name).textContent = slot(tile, name).textContent;
  }
  const image = slot(dialog, "image");
  image.src = link.href;
  image.alt = slot(tile, "image").alt;
  slot(dialog, "original").href = link.href;
  slot(dialog, "save").href = link.href;
  slot(dialog, "save").download = `${tile.dataset.stem}${endingOf(link.href)}`;
  dialog.dataset.index = tile.dataset.index;
}

function endingOf(url) {
  return /\.[a-z0-9]{2,5}$/i.exec(new URL(url).pathname)?.[0].toLowerCase() ?? "";
}

/** @param {number} by -1 or 1 */
function step(by) {
  const tiles = hung();
  const here = tiles.findIndex((tile) => tile.dataset.index === dialog.dataset.index);
  const next = tiles[(here + by + tiles.length) % tiles.length];
  show(next);
  history.replaceState(history.state, "", `#${next.id}`);
}

function open(tile) {
  show(tile);
  if (!dialog.open) dialog.showModal();
}

/** Open or close as the address says. */
function obey() {
  const tile = hung().find((each) => each.id && `#${each.id}` === window.location.hash);
  if (tile) open(tile);
  else if (dialog.open) dialog.close();
}

function onClose() {
  const tile = list.querySelector(`[data-index="${dialog.dataset.index}"]`);
  if (window.location.hash) {
    if (pushed) history.back();
    else history.replaceState(history.state, "", window.location.pathname + window.location.search);
  }
  pushed = false;
  tile?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (tile) slot(tile, "link").focus({ preventScroll: true });
}

function onClick(event) {
  const link = event.target.closest('[data-slot="link"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const tile = link.closest("[data-tile]");
  history.pushState(history.state, "", `#${tile.id}`);
  pushed = true;
  open(tile);
}

function listenForSwipes(stage) {
  let start = null;
  stage.addEventListener(
    "touchstart",
    (event) => {
      start = event.touches.length === 1 ? event.touches[0].clientX : null;
    },
    { passive: true },
  );
  stage.addEventListener("touchend", (event) => {
    if (start === null) return;
    const moved = event.changedTouches[0].clientX - start;
    if (Math.abs(moved) > SWIPE) step(moved < 0 ? 1 : -1);
  });
}

/** @param {HTMLElement} tiles */
export function openPictures(tiles) {
  list = tiles;
  list.addEventListener("click", onClick);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  for (const button of dialog.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  listenForSwipes(dialog);
  window.addEventListener("popstate", obey);
  obey();
}
