/** What this browser remembers. A browser that refuses to remember is not an error. */

const PREFIX = "pixelprompt.";

function shelf(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} otherwise @param {string} [where] */
export function recall(key, otherwise, where = "localStorage") {
  try {
    return JSON.parse(shelf(where)?.getItem(PREFIX + key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {string} key @param {unknown} value `null` forgets @param {string} [where] */
export function remember(key, value, where = "localStorage") {
  try {
    if (value === null) shelf(where)?.removeItem(PREFIX + key);
    else shelf(where)?.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Full, or forbidden: the page works without.
  }
}

const MOST_TOKENS = 200;

/** Keep the proof that this browser made a job, for the newest jobs. */
export function keepToken(jobId, token) {
  const tokens = recall("tokens", []).filter(([id]) => id !== jobId);
  remember("tokens", [[jobId, token], ...tokens].slice(0, MOST_TOKENS));
}

/** @returns {string | undefined} */
export function tokenOf(jobId) {
  return new Map(recall("tokens", [])).get(jobId);
}

/** The job is gone, or the proof is worth nothing any more. */
export function forgetToken(jobId) {
  remember(
    "tokens",
    recall("tokens", []).filter(([id]) => id !== jobId),
  );
}
