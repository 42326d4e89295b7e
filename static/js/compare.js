/** Two to four pictures side by side, or two under a slider. The address tells all of it. */

import { Choices } from "./choices.js";
import { LEAST, MOST, mine, read, write } from "./comparison.js";
import { show } from "./owner.js";
import { enter, leave, move, place, register } from "./place.js";
import { recall } from "./store.js";
import { slot } from "./tile.js";
import { hangWhole, hung } from "./whole.js";
import { announce, word } from "./words.js";
import { offerZoom, tellZoom, Zoom } from "./zoom.js";

const STILL = 250;

export class Compare {
  /** @param {HTMLElement} job @param {HTMLElement} list the tiles */
  constructor(job, list) {
    this.list = list;
    this.dialog = document.getElementById("compare");
    this.stage = slot(this.dialog, "stage");
    this.panes = slot(this.dialog, "panes");
    this.choices = new Choices(this.dialog, (index) => this.choose(index));
    this.slider = this.dialog.querySelector("[data-slides]");
    this.split = this.dialog.querySelector("[data-split]");
    this.button = job.querySelector("[data-compare]");
    this.chosen = [];
    this.zoom = new Zoom(this.stage, {
      frames: () => [...this.panes.querySelectorAll("[data-slot=frame]")],
      changed: () => this.changed(),
    });
    this.listen();
    register(this);
  }

  listen() {
    offerZoom(this.dialog, this.zoom);
    this.button.addEventListener("click", () => enter("compare="));
    this.dialog.addEventListener("close", () => mine(place()) && leave());
    document.addEventListener("keydown", (event) => this.dialog.open && this.key(event));
    this.slider.addEventListener("click", () => this.slide(!this.sliding));
    this.split.addEventListener("input", () => this.changed());
  }

  get sliding() {
    return this.stage.hasAttribute("data-sliding");
  }

  /** Offer it once there are two pictures. */
  offer() {
    this.button.disabled = hung(this.list).length < LEAST;
  }

  obey(hash) {
    const tiles = hung(this.list);
    if (!mine(hash) || tiles.length < LEAST) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    const asked = read(
      hash,
      tiles.map((tile) => tile.dataset.index),
    );
    if (!this.dialog.open) this.dialog.showModal();
    this.fill(tiles, asked.chosen);
    if (asked.split) this.split.value = asked.split;
    this.slide(Boolean(asked.split));
    if (asked.view) this.zoom.set(asked.view);
    else this.zoom.fit();
  }

  fill(tiles, chosen) {
    this.chosen = chosen;
    this.choices.fill(tiles);
    this.lay();
  }

  tile(index) {
    return this.list.querySelector(`[data-index="${index}"]`);
  }

  /** Put a picture beside the others, in the last one's place if there are four; or take it away. */
  choose(index) {
    const without = this.chosen.filter((each) => each !== index);
    if (without.length === this.chosen.length) {
      this.chosen = [...this.chosen.slice(0, MOST - 1), index];
    } else if (without.length >= LEAST) this.chosen = without;
    else announce(word("compare-least"));
    this.lay();
    this.changed();
  }

  lay() {
    const panes = new Map([...this.panes.children].map((pane) => [pane.dataset.index, pane]));
    this.panes.replaceChildren(...this.chosen.map((each) => panes.get(each) ?? this.pane(each)));
    this.panes.dataset.count = this.chosen.length;
    this.choices.tell(this.chosen);
    show(this.slider, this.chosen.length === LEAST, this.dialog.querySelector("h2"));
    if (this.slider.hidden) this.slide(false);
    this.zoom.apply();
  }

  pane(index) {
    const tile = this.tile(index);
    const pane = slot(this.dialog, "pane").content.cloneNode(true).firstElementChild;
    pane.dataset.index = index;
    for (const name of ["model", "time", "price", "size"]) {
      slot(pane, name).textContent = slot(tile, name).textContent;
    }
    const image = slot(pane, "image");
    image.addEventListener("load", () => this.zoom.apply());
    hangWhole(image, tile);
    return pane;
  }

  slide(on) {
    const slides = on && this.chosen.length === LEAST;
    this.stage.toggleAttribute("data-sliding", slides);
    this.slider.setAttribute("aria-pressed", String(slides));
    this.zoom.apply();
    this.changed();
  }

  changed() {
    tellZoom(this.dialog, this.zoom.view);
    this.stage.style.setProperty("--split", `${this.split.value}%`);
    clearTimeout(this.later);
    this.later = setTimeout(() => mine(place()) && move(this.address()), STILL);
  }

  address() {
    const view = this.zoom.whole ? null : this.zoom.view;
    return write({ chosen: this.chosen, view, split: this.sliding ? this.split.value : "" });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.zoom.key(event)) return;
    if (!recall("single-keys", true)) return;
    if (event.key === "s" && !this.slider.hidden) this.slide(!this.sliding);
    if (/^[1-9]$/.test(event.key)) this.choices.press(event.key);
  }
}
