/** A strip of small pictures, of which some are pressed. */

import { slot } from "./tile.js";

export class Choices {
  /** @param {HTMLElement} dialog @param {(index: string) => void} chosen */
  constructor(dialog, chosen) {
    this.list = slot(dialog, "choices");
    this.blank = slot(dialog, "choice");
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) chosen(button.value);
    });
  }

  /** @param {HTMLElement[]} tiles */
  fill(tiles) {
    this.list.replaceChildren(...tiles.map((tile) => this.row(tile)));
  }

  row(tile) {
    const row = this.blank.content.cloneNode(true).firstElementChild;
    const small = slot(tile, "image");
    slot(row, "image").src = small.currentSrc || small.src;
    slot(row, "number").textContent = tile.dataset.index;
    slot(row, "model").textContent = slot(tile, "model").textContent;
    row.querySelector("button").value = tile.dataset.index;
    return row;
  }

  /** @param {string[]} pressed */
  tell(pressed) {
    for (const button of this.list.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(pressed.includes(button.value)));
    }
  }

  press(index) {
    this.list.querySelector(`button[value="${index}"]`)?.click();
  }
}
