/** Shape, seed and the other parameters: presets, memory, and what they are at a glance. */

import { recall, remember } from "./store.js";
import { known } from "./support.js";
import { word } from "./words.js";

const REMEMBERED = ["steps", "guidance", "control", "aspect_ratio", "negative_prompt"];
const NUMBERS = ["steps", "guidance", "control", "seed"];

export class Settings {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.fields = form.elements;
    if (!form.hasAttribute("data-refused")) this.restore();
    form.querySelector("[data-settings]").addEventListener("input", () => this.changed());
    this.fields.listed.addEventListener("change", () => this.changed());
    for (const button of form.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", () => this.preset(button.dataset));
    }
    this.tell();
  }

  restore() {
    const kept = recall("settings", {});
    for (const name of REMEMBERED) {
      if (typeof kept[name] === "string") this.fields[name].value = kept[name];
    }
    if (typeof kept.listed === "boolean") this.fields.listed.checked = kept.listed;
  }

  preset(values) {
    for (const name of ["steps", "guidance", "control"]) this.fields[name].value = values[name];
    this.changed();
  }

  changed() {
    const kept = REMEMBERED.map((name) => [name, this.fields[name].value]);
    remember("settings", { ...Object.fromEntries(kept), listed: this.fields.listed.checked });
    this.tell();
  }

  /** What no chosen model knows is not told as if it counted. */
  tell() {
    const { aspect_ratio: ratio, seed, steps } = this.fields;
    const told = [
      known(this.form, "aspectRatio") && ratio.value,
      known(this.form, "steps") && steps.value && word("steps", { count: steps.value }),
      known(this.form, "seed") && seed.value && word("seed", { seed: seed.value }),
    ];
    this.form.querySelector("[data-slot=settings]").textContent = told.filter(Boolean).join(" · ");
  }

  /** The first number that is out of its bounds, or missing where it is needed. */
  get bad() {
    return NUMBERS.map((name) => this.fields[name]).find((field) => !field.checkValidity());
  }

  /** As the API wants them; what is empty is left out. */
  get values() {
    const numbers = NUMBERS.filter((name) => this.fields[name].value !== "");
    return {
      ...Object.fromEntries(numbers.map((name) => [name, Number(this.fields[name].value)])),
      ...(this.fields.aspect_ratio.value && { aspectRatio: this.fields.aspect_ratio.value }),
      ...(this.fields.negative_prompt.value && {
        negativePrompt: this.fields.negative_prompt.value,
      }),
      listed: this.fields.listed.checked,
    };
  }
}
