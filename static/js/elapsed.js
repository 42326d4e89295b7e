/** How long a job took, or takes. A retry, which may come days later, is timed by itself. */

import { seconds, stopwatch } from "./format.js";

const SECOND = 1000;
const time = (text) => Date.parse(text ?? "") || Number.NaN;
const first = (result) => !result.round;

/** Since when the job's watch runs: its start, or that of the retries that are alone at work. */
function began({ createdAt, results }) {
  const active = results.filter((result) => !result.completedAt);
  if (active.some(first)) return time(createdAt);
  return Math.min(...active.map((result) => time(result.startedAt)).filter(Number.isFinite));
}

/** @param {object} snapshot @param {number} now the server's time @returns {string} */
export function running(snapshot, now) {
  const since = began(snapshot);
  return Number.isFinite(since) ? stopwatch((now - since) / SECOND) : "";
}

/** @param {object} snapshot of a job that is over @returns {string} */
export function took({ createdAt, results }) {
  const ends = results.filter(first).map((result) => time(result.completedAt));
  return ends.length ? seconds(Math.max(0, Math.max(...ends) - time(createdAt)) / SECOND) : "";
}
