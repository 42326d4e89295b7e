/** The browser that made a job can prove it; what it may do therefore is asked for here. */

import { call, Refusal } from "./api.js";
import { forgetToken, tokenOf } from "./store.js";
import { word } from "./words.js";

const NO_PROOF = [401, 403];

export class Owner {
  /** @param {string} jobId */
  constructor(jobId) {
    this.jobId = jobId;
    this.token = tokenOf(jobId);
  }

  /** Whether this browser made the job. */
  get proven() {
    return Boolean(this.token);
  }

  forget() {
    forgetToken(this.jobId);
    this.token = undefined;
  }

  /** @param {string} method @param {string} url @param {object} [body] @param {object} [headers] */
  async ask(method, url, body, headers) {
    try {
      return await call(method, url, body, { "X-Job-Token": this.token, ...headers });
    } catch (refusal) {
      if (!NO_PROOF.includes(refusal.status)) throw refusal;
      this.forget();
      throw new Refusal(word("not-yours"), { status: refusal.status });
    }
  }
}

/** What an act returns when it leaves the page: its button stays busy until then. */
export const LEAVING = Symbol("leaving");

/**
 * Do what a button is for, once however often it is pressed. A refusal is told beside it.
 *
 * @param {HTMLElement} button
 * @param {HTMLElement} trouble where a refusal is told
 * @param {() => Promise<unknown>} act
 */
export async function press(button, trouble, act) {
  if (button.dataset.state === "busy") return;
  trouble.textContent = "";
  button.dataset.state = "busy";
  try {
    if ((await act()) === LEAVING) return;
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    trouble.textContent = refusal.message;
    trouble.scrollIntoView({ block: "nearest" });
  }
  delete button.dataset.state;
}

// On Back the browser may return the whole page as it was left.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("button[data-state=busy]")) {
    delete button.dataset.state;
  }
});

/** Show a button where it can work. Focus that was on it goes to `refuge`. */
export function show(button, shown, refuge) {
  if (!shown && button.contains(document.activeElement)) refuge?.focus({ preventScroll: true });
  button.hidden = !shown;
}
