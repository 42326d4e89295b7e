/** Following a job: listen where snapshots are pushed, else ask again and again, gently. */

import { waitOf } from "./api.js";
import { listen } from "./push.js";

const FIRST = 500;
const LONGEST = 2000;
const SLOWER = 1.2;
const AFTER_TROUBLE = 10_000;
const PATIENCE = 15_000;
const LONGEST_WISH = 3600;
const BUSY = [429, 503];

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Resolves at once, or when the tab is looked at again. */
function looked() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((done) => {
    const check = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", check);
      done();
    };
    document.addEventListener("visibilitychange", check);
  });
}

/** How long a server that is too busy to answer wants to be left alone, in seconds. */
function restOf(answer) {
  return Math.min(waitOf(answer) || AFTER_TROUBLE / 1000, LONGEST_WISH);
}

/** One question. `null` when no answer, or none that helps, came; `rest` when the server is busy. */
async function ask(url, etag) {
  try {
    const headers = { Accept: "application/json", ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    if (BUSY.includes(answer.status)) return { rest: restOf(answer) };
    if (![200, 304, 404].includes(answer.status)) return null;
    const snapshot = answer.status === 200 ? await answer.json() : undefined;
    return {
      status: answer.status,
      etag: answer.headers.get("ETag") ?? "",
      snapshot,
      at: dateOf(answer),
    };
  } catch {
    return null;
  }
}

function dateOf(answer) {
  return Date.parse(answer.headers.get("Date") ?? "") || Date.now();
}

function contactOf(answer) {
  if (!answer) return "lost";
  return answer.rest ? "busy" : "good";
}

/**
 * @param {object} urls
 * @param {string} urls.status what is asked
 * @param {string} urls.events where snapshots are pushed, if the server can
 * @param {object} on
 * @param {(snapshot: object, serverTime?: number) => void} on.snapshot
 * @param {(now: string, before: string, rest?: number) => void} on.contact it is "good", "lost", or
 *   "busy": the server asks to be left alone for `rest` seconds
 * @param {() => void} on.gone
 * @param {() => boolean} on.complete nothing more can come
 * @param {() => boolean} on.enough stops the questions
 */
export async function follow(urls, on) {
  let etag = "";
  let wait = FIRST;
  let contact = "good";
  let pushes = true;
  for (;;) {
    await looked();
    const answer = await ask(urls.status, etag);
    if (answer?.status === 404) return on.gone();
    const before = contact;
    contact = contactOf(answer);
    if (contact !== before) wait = FIRST;
    if (contact !== before || contact === "busy") on.contact(contact, before, answer?.rest);
    if (answer?.snapshot) {
      etag = answer.etag;
      on.snapshot(answer.snapshot, answer.at);
    }
    if (contact === "good" && on.enough()) return;
    if (contact === "good" && pushes) {
      pushes = await listen(urls.events, on);
      if (on.complete()) return;
      continue;
    }
    await pause(contact === "busy" ? answer.rest * 1000 : wait);
    wait = Math.min(wait * SLOWER, contact === "lost" ? AFTER_TROUBLE : LONGEST);
  }
}
