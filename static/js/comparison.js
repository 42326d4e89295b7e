/** A comparison as an address: "compare=1,3&zoom=2.500-0.400-0.610&split=50". */

export const LEAST = 2;
export const MOST = 4;

export const mine = (hash) => hash.startsWith("compare=");

/** The named pictures that exist, and others to make them two. */
function chosenOf(named, known) {
  const found = [...new Set(named.split(","))].filter((index) => known.includes(index));
  const enough = found.length < LEAST ? [...new Set([...found, ...known])].slice(0, LEAST) : found;
  return enough.slice(0, MOST);
}

/**
 * @param {string} hash @param {string[]} known the pictures that can be compared
 * @returns {{ chosen: string[], view: object | null, split: number }}
 */
export function read(hash, known) {
  const asked = new URLSearchParams(hash);
  const [scale, x, y] = (asked.get("zoom") ?? "").split("-").map(Number);
  return {
    chosen: chosenOf(asked.get("compare"), known),
    view: scale > 1 && x >= 0 && y >= 0 ? { scale, x, y } : null,
    split: Number(asked.get("split")) || 0,
  };
}

/** @returns {string} */
export function write({ chosen, view, split }) {
  const parts = [`compare=${chosen.join(",")}`];
  if (view) {
    parts.push(`zoom=${[view.scale, view.x, view.y].map((part) => part.toFixed(3)).join("-")}`);
  }
  if (split) parts.push(`split=${split}`);
  return parts.join("&");
}
