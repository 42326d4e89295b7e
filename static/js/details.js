/** What a picture came from: what was sent, what became of each parameter, the call's own facts. */

import { call } from "./api.js";
import { price, seconds } from "./format.js";
import { slot } from "./tile.js";
import { word } from "./words.js";

const KILO = 1000;
const NAMES = {
  steps: word("parameter-steps"),
  guidance: word("parameter-guidance"),
  control: word("parameter-control"),
  seed: word("parameter-seed"),
  aspectRatio: word("parameter-aspect-ratio"),
  negativePrompt: word("parameter-negative-prompt"),
};
const FATES = {
  applied: () => word("fate-applied"),
  translated: (sent) => word("fate-translated", { sent }),
  ignored: () => word("fate-ignored"),
};

/** 1234567 -> "1.2 MB". */
function size(bytes) {
  const kilobytes = bytes / KILO;
  return kilobytes < KILO ? `${Math.ceil(kilobytes)} kB` : `${(kilobytes / KILO).toFixed(1)} MB`;
}

export class Details {
  /** @param {HTMLElement} panel @param {string} url of the job's manifest */
  constructor(panel, url) {
    this.panel = panel;
    this.url = url;
    this.blank = panel.querySelector("template");
    this.asked = 0;
  }

  /** @param {number} index which of the job's results */
  async show(index) {
    const question = ++this.asked;
    this.panel.dataset.state = "busy";
    slot(this.panel, "trouble").textContent = "";
    try {
      const told = await call("GET", this.url);
      if (question !== this.asked) return;
      this.tell(
        told.results.find((result) => result.index === index),
        told.prompt,
      );
      this.panel.dataset.state = "ready";
    } catch (refusal) {
      if (question !== this.asked) return;
      this.panel.dataset.state = "trouble";
      slot(this.panel, "trouble").textContent = refusal.message;
    }
  }

  tell(result, prompt) {
    const sent = result.promptSent ?? "";
    this.text("sent", sent === prompt ? word("as-typed") : sent);
    this.text("revised", result.revisedPrompt ?? "");
    const fates = Object.entries(result.parameters ?? {});
    slot(this.panel, "fates").replaceChildren(
      ...fates.map(([name, fate]) => this.fate(name, fate)),
    );
    slot(this.panel, "fates").closest("div").hidden = fates.length === 0;
    this.text("seed", String(result.seed ?? ""));
    this.text("call-time", seconds(result.duration));
    this.text("call-price", price(result.costMicros ?? result.priceMicros ?? null));
    this.text("call-size", `${result.width} × ${result.height} · ${size(result.bytes)}`);
    this.text("provider-model", result.providerModel ?? "");
    this.text("request", result.requestId ?? "");
  }

  /** A row without anything to say is not there. */
  text(name, value) {
    const place = slot(this.panel, name);
    place.textContent = value;
    place.closest("div").hidden = !value;
  }

  fate(name, { fate, value, sent }) {
    const row = this.blank.content.cloneNode(true).firstElementChild;
    row.dataset.fate = fate;
    slot(row, "name").textContent = NAMES[name] ?? name;
    slot(row, "value").textContent = String(value);
    slot(row, "fate").textContent = FATES[fate](sent);
    return row;
  }
}
