/** Which models draw, and what that will cost. What was unticked stays unticked next time. */

import { estimate } from "./format.js";
import { recall, remember } from "./store.js";
import { tellSupport } from "./support.js";
import { word } from "./words.js";

/** @param {HTMLInputElement[]} boxes @returns {(number | null)[]} */
export function pricesOf(boxes) {
  return boxes.map((box) => (box.dataset.price ? Number(box.dataset.price) : null));
}

export class Models {
  /** @param {HTMLFormElement} form @param {() => void} told is called after each change */
  constructor(form, told) {
    this.form = form;
    this.told = told;
    this.boxes = [...form.querySelectorAll("input[name=models]:not(:disabled)")];
    if (!form.hasAttribute("data-refused")) this.restore();
    form.querySelector("[data-models]").addEventListener("change", () => this.changed());
    for (const button of form.querySelectorAll("[data-pick]")) {
      button.addEventListener("click", () => this.pick(button.dataset.pick === "all"));
    }
    this.tell();
  }

  get chosen() {
    return this.boxes.filter((box) => box.checked);
  }

  get slugs() {
    return this.chosen.map((box) => box.value);
  }

  restore() {
    const unticked = new Set(recall("unticked", []));
    const left = this.boxes.filter((box) => !unticked.has(box.value));
    if (left.length === 0) return;
    for (const box of this.boxes) box.checked = left.includes(box);
  }

  pick(all) {
    for (const box of this.boxes) box.checked = all;
    this.changed();
  }

  changed() {
    const unticked = this.boxes.filter((box) => !box.checked).map((box) => box.value);
    remember("unticked", unticked);
    this.tell();
  }

  tell() {
    const prices = pricesOf(this.chosen);
    const chosen = { count: prices.length, total: this.boxes.length };
    this.form.querySelector("[data-slot=estimate]").textContent = estimate(prices);
    this.form.querySelector("[data-slot=chosen]").textContent = word("chosen", chosen);
    tellSupport(this.form, this.chosen);
    this.told();
  }
}
