/** The prompt box: it grows, counts, clears, and can always go one step back. */

import { recall, remember } from "./store.js";

/** Characters as the server counts them: code points, without the blanks around. */
export function lengthOf(text) {
  return [...text.trim()].length;
}

/** A prompt that came with the address: "use this prompt". */
function asked() {
  return new URLSearchParams(window.location.search).get("prompt");
}

export class Prompt {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.field = form.elements.prompt;
    this.max = Number(this.field.dataset.max);
    this.grow = form.querySelector("[data-grow]");
    this.counter = form.querySelector("[data-counter]");
    this.clearButton = form.querySelector("[data-clear]");
    this.undoButton = form.querySelector("[data-undo]");
    this.line = form.querySelector("[data-to-prompt]");
    this.former = null;
    this.line.addEventListener("click", () => this.field.focus());
    new IntersectionObserver(([seen]) => {
      form.toggleAttribute("data-away", !seen.isIntersecting);
    }).observe(this.field);
    this.field.addEventListener("input", () => this.changed());
    this.clearButton.addEventListener("click", () => this.replace(""));
    this.undoButton.addEventListener("click", () => this.undo());
    if (!this.field.value) this.field.value = asked() || recall("draft", "", "sessionStorage");
    this.tell();
  }

  get text() {
    return this.field.value;
  }

  get over() {
    return lengthOf(this.text) - this.max;
  }

  changed() {
    remember("draft", this.text || null, "sessionStorage");
    this.tell();
  }

  tell() {
    this.grow.dataset.text = this.text;
    this.counter.querySelector("[data-slot=count]").textContent = lengthOf(this.text);
    this.counter.toggleAttribute("data-over", this.over > 0);
    this.line.querySelector("[data-slot=prompt-line]").textContent =
      this.text || this.field.placeholder;
    this.clearButton.hidden = !this.text;
  }

  /** @param {string} text */
  replace(text) {
    this.former = this.text;
    this.write(text);
    this.undoButton.hidden = !this.former;
  }

  undo() {
    this.write(this.former ?? "");
    this.former = null;
    this.undoButton.hidden = true;
  }

  write(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }
}
