/** Refusals beside the field they are about; nothing typed is touched. */

const FIELDS = { aspectRatio: "aspect_ratio", negativePrompt: "negative_prompt" };

export class Errors {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
  }

  place(field) {
    const name = FIELDS[field] ?? field;
    return this.form.querySelector(`[data-error-for="${CSS.escape(name)}"]`);
  }

  control(field) {
    return this.form.elements.namedItem(FIELDS[field] ?? field);
  }

  /** @param {string} field where it belongs; an unknown or empty one goes under the prompt */
  show(field, message) {
    const known = field && this.place(field) ? field : "prompt";
    const place = this.place(known);
    place.textContent = message;
    const details = place.closest("details");
    if (details) details.open = true;
    const control = this.control(known);
    if (!(control instanceof HTMLElement)) {
      place.scrollIntoView({ block: "center" });
      return;
    }
    if (known === field) control.setAttribute("aria-invalid", "true");
    control.focus();
  }

  clear() {
    for (const place of this.form.querySelectorAll("[data-error-for]")) place.textContent = "";
    for (const bad of this.form.querySelectorAll("[aria-invalid]")) {
      bad.removeAttribute("aria-invalid");
    }
  }
}
