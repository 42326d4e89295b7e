/** Run again: a new job with the same prompt, by the same models or by others. */

import { call, Wish } from "./api.js";
import { estimate, price } from "./format.js";
import { pricesOf } from "./models.js";
import { LEAVING, press } from "./owner.js";
import { keepToken } from "./store.js";
import { slot } from "./tile.js";
import { word } from "./words.js";

const NO_JOB = "00000000-0000-0000-0000-000000000000";

export class Rerun {
  /** @param {HTMLElement} job @param {import("./owner.js").Owner} owner */
  constructor(job, owner) {
    this.addresses = job.dataset;
    this.owner = owner;
    this.wish = new Wish();
    this.sum = slot(job, "again-sum");
    this.dialog = document.getElementById("rerun");
    this.form = this.dialog.querySelector("form");
    this.choices = slot(this.dialog, "choices");
    this.blank = this.dialog.querySelector("template");
    this.drawn = [...job.querySelectorAll("[data-slug]")].map((tile) => tile.dataset.slug);
    this.listen(job);
  }

  listen(job) {
    const again = job.querySelector("[data-again]");
    const submit = this.form.querySelector("[type=submit]");
    const trouble = slot(this.dialog, "trouble");
    again.addEventListener("click", () => {
      press(again, slot(job, "again-trouble"), () => this.send({}));
    });
    job.querySelector("[data-again-with]").addEventListener("click", () => this.open());
    this.form.addEventListener("change", () => this.tell());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      trouble.textContent = "";
      if (this.chosen.length === 0) trouble.textContent = word("models-missing");
      else press(submit, trouble, () => this.send({ models: this.chosen.map((box) => box.value) }));
    });
  }

  get chosen() {
    return [...this.choices.querySelectorAll("input:checked")];
  }

  /** @param {object} snapshot */
  offer({ results }) {
    this.drawn = results.map((result) => result.slug);
    this.sum.textContent = estimate(results.map((result) => result.priceMicros ?? null));
  }

  async send(body) {
    try {
      const headers = this.wish.nameOf(body);
      const told = await this.owner.ask("POST", this.addresses.rerunUrl, body, headers);
      keepToken(told.jobId, told.jobToken);
      this.wish.forget();
      window.location.assign(this.addresses.jobUrl.replace(NO_JOB, told.jobId));
      return LEAVING;
    } catch (refusal) {
      this.wish.refused(refusal);
      throw refusal;
    }
  }

  async open() {
    const trouble = slot(this.dialog, "trouble");
    trouble.textContent = "";
    this.dialog.dataset.state = "busy";
    this.dialog.showModal();
    try {
      const { models } = await call("GET", this.addresses.modelsUrl);
      this.choices.replaceChildren(...models.map((model) => this.choice(model)));
      this.dialog.dataset.state = "ready";
      this.tell();
    } catch (refusal) {
      this.dialog.dataset.state = "trouble";
      trouble.textContent = refusal.message;
    }
  }

  choice({ slug, name, provider, available, reason, priceMicros }) {
    const row = this.blank.content.cloneNode(true).firstElementChild;
    const box = row.querySelector("input");
    box.value = slug;
    box.disabled = !available;
    box.checked = available && this.drawn.includes(slug);
    box.dataset.price = priceMicros ?? "";
    row.toggleAttribute("data-absent", !available);
    slot(row, "name").textContent = name;
    slot(row, "provider").textContent = available ? provider : reason;
    slot(row, "price").textContent = available ? price(priceMicros) : "";
    return row;
  }

  tell() {
    slot(this.dialog, "estimate").textContent = estimate(pricesOf(this.chosen));
  }
}
