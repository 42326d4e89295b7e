/** A job's page: the tiles follow the job until every picture hangs. */

import { Actions } from "./actions.js";
import { Blind } from "./blind.js";
import { Compare } from "./compare.js";
import { running, took } from "./elapsed.js";
import { progress, stopwatch } from "./format.js";
import { Lightbox } from "./lightbox.js";
import { follow } from "./poll.js";
import { paint, slot, tick } from "./tile.js";
import { announce, word } from "./words.js";

const OVER = ["completed", "partial", "failed"];
const SECOND = 1000;
const CLOCKS_AGREE = 2 * SECOND;
const MOST_LOOKS_FOR_COPIES = 8;
const SHORT_REST = 5;

const job = document.querySelector("[data-job]");
const list = job.querySelector("[data-tiles]");
const blank = document.getElementById("tile");
const urls = { status: job.dataset.statusUrl, events: job.dataset.eventsUrl };
const title = document.title;
const notice = slot(job, "notice");
let latest = null;
let skew = 0;
let looks = 0;
let following = false;

const over = () => OVER.includes(job.dataset.status);
const now = () => Date.now() + skew;

/** The tile of a result; one that the page does not have yet is cloned. */
function tileOf(index) {
  const tile = list.querySelector(`[data-index="${index}"]`);
  if (tile) return tile;
  const fresh = blank.content.cloneNode(true).firstElementChild;
  fresh.id = `tile-${index}`;
  fresh.dataset.index = index;
  list.append(fresh);
  return fresh;
}

function altOf(result, snapshot) {
  return `${result.model}: ${snapshot.prompt}`;
}

function tellProgress({ totalModels: total, completedModels: completed, failedModels: failed }) {
  const place = slot(job, "progress");
  const text = progress({ total, completed, failed });
  if (place.textContent !== text) place.textContent = text;
  document.title = over() ? title : `${completed + failed}/${total} · ${title}`;
}

/** Answers may overtake one another: an older snapshot tells nothing any more. */
function onSnapshot(snapshot) {
  if (latest && snapshot.version < latest.version) return;
  latest = snapshot;
  job.dataset.status = snapshot.status;
  for (const result of snapshot.results) {
    const tile = tileOf(result.index);
    paint(tile, result, altOf(result, snapshot));
    actions.offerRetry(tile, result);
    const cell = job.querySelector(`[data-cell="${result.index}"]`);
    if (cell) cell.dataset.status = result.status;
  }
  actions.offer(snapshot);
  compare.offer();
  blind.offer();
  job.querySelector("[data-archive]").hidden = snapshot.completedModels === 0;
  tellProgress(snapshot);
  tickAll();
}

function setClock(serverTime) {
  const difference = serverTime - Date.now();
  if (Math.abs(difference) > CLOCKS_AGREE) skew = difference;
}

function tickAll() {
  for (const tile of list.querySelectorAll("[data-tile]")) tick(tile, now());
  if (latest) slot(job, "elapsed").textContent = over() ? took(latest) : running(latest, now());
}

/** Every picture hangs, with its small copies. */
function complete() {
  return over() && !latest?.results.some((r) => r.imageUrl && r.thumbnailUrl === r.imageUrl);
}

/** The small copies may come a moment after the pictures, and are not waited for long. */
function enough() {
  return complete() || (over() && ++looks > MOST_LOOKS_FOR_COPIES);
}

function onContact(contact, before, rest) {
  notice.textContent = "";
  if (contact === "lost") notice.textContent = word("lost");
  if (contact === "busy" && rest > SHORT_REST) {
    notice.textContent = word("busy", { time: stopwatch(rest) });
  }
  if (contact === "good" && before === "lost") announce(word("found"));
}

function onGone() {
  job.dataset.status = "failed";
  document.title = title;
  notice.textContent = word("gone");
  actions.end();
}

/** Follow the job until it is over. A retry makes it go on, and us follow again. */
async function live() {
  if (following) return;
  following = true;
  looks = 0;
  const clock = setInterval(tickAll, SECOND);
  tickAll();
  await follow(urls, {
    snapshot: (snapshot, serverTime) => {
      if (serverTime) setClock(serverTime);
      onSnapshot(snapshot);
    },
    contact: onContact,
    gone: onGone,
    complete,
    enough,
  });
  clearInterval(clock);
  following = false;
  if (!over()) live();
}

const actions = new Actions(job, { snapshot: onSnapshot, live });
new Lightbox(job, list);
const compare = new Compare(job, list);
const blind = new Blind(job, list);
live();
