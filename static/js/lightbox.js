/** A picture at full size, with everything that is known of it. */

import { Details } from "./details.js";
import { enter, leave, move, place, register } from "./place.js";
import { recall, remember } from "./store.js";
import { slot } from "./tile.js";
import { hangWhole, hung } from "./whole.js";
import { word } from "./words.js";
import { offerZoom, tellZoom, Zoom } from "./zoom.js";

const NO_KEY = "KEY";

const mine = (hash) => hash.startsWith("tile-");

export class Lightbox {
  /** @param {HTMLElement} job @param {HTMLElement} list the tiles */
  constructor(job, list) {
    this.list = list;
    this.mediaUrl = job.dataset.mediaUrl;
    this.dialog = document.getElementById("lightbox");
    this.frame = slot(this.dialog, "frame");
    this.toggle = this.dialog.querySelector("[data-details]");
    this.panel = document.getElementById("lightbox-details");
    this.details = new Details(this.panel, job.dataset.manifestUrl);
    this.zoom = new Zoom(this.frame, {
      frames: () => [this.frame],
      swiped: (by) => this.step(by),
      changed: () => tellZoom(this.dialog, this.zoom.view),
    });
    this.listen();
    register(this);
  }

  listen() {
    const { dialog } = this;
    offerZoom(dialog, this.zoom);
    this.list.addEventListener("click", (event) => this.clicked(event));
    slot(dialog, "image").addEventListener("load", () => this.zoom.apply());
    dialog.addEventListener("close", () => this.closed());
    // On a page that was opened at a picture, the keys do not come to the window at first.
    document.addEventListener("keydown", (event) => this.dialog.open && this.key(event));
    for (const button of dialog.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.step(Number(button.dataset.step)));
    }
    dialog.querySelector("[data-compares]").addEventListener("click", () => this.compare());
    this.toggle.addEventListener("click", () => {
      remember("details", this.panel.hidden);
      this.tellDetails();
    });
  }

  get tile() {
    return this.list.querySelector(`[data-index="${this.dialog.dataset.index}"]`);
  }

  /** The tile this many steps further. */
  next(by) {
    const tiles = hung(this.list);
    return tiles[(tiles.indexOf(this.tile) + by + tiles.length) % tiles.length];
  }

  obey(hash) {
    const tile = mine(hash) && hung(this.list).find((each) => each.id === hash);
    if (!tile) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    if (!this.dialog.open) this.dialog.showModal();
    this.show(tile);
  }

  show(tile) {
    const { dialog } = this;
    const place = { index: tile.dataset.index, total: this.list.children.length };
    dialog.dataset.index = tile.dataset.index;
    slot(dialog, "place").textContent = word("place", place);
    for (const name of ["model", "time", "price", "size"]) {
      slot(dialog, name).textContent = slot(tile, name).textContent;
    }
    hangWhole(slot(dialog, "image"), tile);
    const { href } = slot(tile, "link");
    slot(dialog, "original").href = href;
    const name = `${tile.dataset.stem}${endingOf(href)}`;
    // A bucket and a CDN are other origins: what is saved, and its name, are for our server to say.
    const here = this.mediaUrl.replace(NO_KEY, keyOf(href));
    slot(dialog, "save").href = `${here}?download=${encodeURIComponent(name)}`;
    slot(dialog, "save").download = name;
    dialog.querySelector("[data-compares]").hidden = hung(this.list).length < 2;
    this.zoom.fit();
    this.tellDetails();
  }

  tellDetails() {
    const shown = recall("details", false);
    this.panel.hidden = !shown;
    this.toggle.setAttribute("aria-expanded", String(shown));
    if (shown) this.details.show(Number(this.dialog.dataset.index));
  }

  /** @param {number} by -1 or 1 */
  step(by) {
    const tile = this.next(by);
    move(tile.id);
    this.show(tile);
  }

  compare() {
    const pair = [this.tile, this.next(1)].map((tile) => tile.dataset.index);
    enter(`compare=${pair.join(",")}`);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.zoom.key(event)) return;
    if (event.key === "ArrowRight") this.step(1);
    if (event.key === "ArrowLeft") this.step(-1);
    if (!recall("single-keys", true)) return;
    if (event.key === "d") this.toggle.click();
    if (event.key === "c") this.dialog.querySelector("[data-compares]").click();
  }

  closed() {
    if (mine(place())) leave();
    this.tile?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.tile) slot(this.tile, "link").focus({ preventScroll: true });
  }

  clicked(event) {
    const link = event.target.closest('[data-slot="link"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    enter(link.closest("[data-tile]").id);
  }
}

/** A picture's storage key: job, result, content. */
function keyOf(url) {
  return new URL(url).pathname.split("/").slice(-3).join("/");
}

function endingOf(url) {
  return /\.[a-z0-9]{2,5}$/i.exec(new URL(url).pathname)?.[0].toLowerCase() ?? "";
}
