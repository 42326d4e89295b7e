/** What the maker of a job may do with it: retry, cancel, delete, run again. Others see nothing. */

import { price } from "./format.js";
import { LEAVING, Owner, press, show } from "./owner.js";
import { Rerun } from "./rerun.js";
import { slot } from "./tile.js";
import { announce, word } from "./words.js";

const NO_RESULT = "00000000-0000-0000-0000-000000000000";
const GONE = 404;

export class Actions {
  /**
   * @param {HTMLElement} job its data- tell the addresses
   * @param {object} on
   * @param {(snapshot: object) => void} on.snapshot what became of the job
   * @param {() => void} on.live follow it again
   */
  constructor(job, on) {
    this.job = job;
    this.on = on;
    this.owner = new Owner(job.dataset.job);
    this.rerun = new Rerun(job, this.owner);
    this.cancelButton = job.querySelector("[data-cancel]");
    this.deletion = document.getElementById("delete");
    this.listen();
    this.offerAll();
  }

  listen() {
    const remove = this.deletion.querySelector("[data-delete]");
    this.cancelButton.addEventListener("click", () => this.cancel());
    remove.addEventListener("click", () => this.delete(remove));
    this.job.querySelector("[data-tiles]").addEventListener("click", (event) => {
      const button = event.target.closest("[data-retry]");
      if (button) this.retry(button, button.closest("[data-tile]"));
    });
  }

  /** What the owner may do in every state. */
  offerAll() {
    for (const part of this.job.querySelectorAll("[data-owned]")) {
      part.hidden = !this.owner.proven;
    }
  }

  /** @param {object} snapshot */
  offer(snapshot) {
    const waits = snapshot.results.some((result) => result.status === "pending");
    show(this.cancelButton, this.owner.proven && waits, slot(this.job, "progress"));
    this.rerun.offer(snapshot);
  }

  /** @param {HTMLElement} tile @param {object} result */
  offerRetry(tile, result) {
    const cost = result.priceMicros === 0 ? "" : price(result.priceMicros ?? null);
    if (tile.dataset.result !== result.id) slot(tile, "trouble").textContent = "";
    tile.dataset.result = result.id;
    slot(tile, "retried").textContent = result.model;
    slot(tile, "cost").textContent = cost;
    const can = result.status === "error" && result.retryable;
    show(slot(tile, "retry"), Boolean(this.owner.proven && can), tile);
  }

  /** Nothing can be done with the job any more. */
  end() {
    this.owner.forget();
    this.offerAll();
    this.cancelButton.hidden = true;
    for (const button of this.job.querySelectorAll("[data-retry]")) button.hidden = true;
  }

  /** A refusal that takes the proof away takes the buttons with it. */
  async press(button, trouble, act) {
    await press(button, trouble, act);
    if (!this.owner.proven) this.end();
  }

  async retry(button, tile) {
    const url = this.job.dataset.retryUrl.replace(NO_RESULT, tile.dataset.result);
    const model = slot(tile, "model").textContent;
    await this.press(button, slot(tile, "trouble"), async () => {
      this.on.snapshot(await this.owner.ask("POST", url, {}));
      announce(word("retrying", { model }));
    });
    this.on.live();
  }

  async cancel() {
    const trouble = slot(this.job, "cancel-trouble");
    await this.press(this.cancelButton, trouble, async () => {
      this.on.snapshot(await this.owner.ask("POST", this.job.dataset.cancelUrl, {}));
    });
  }

  async delete(button) {
    await this.press(button, slot(this.deletion, "trouble"), async () => {
      await this.owner.ask("DELETE", this.job.dataset.deleteUrl).catch((refusal) => {
        if (refusal.status !== GONE) throw refusal;
      });
      this.owner.forget();
      window.location.replace(this.job.dataset.galleryUrl);
      return LEAVING;
    });
  }
}
