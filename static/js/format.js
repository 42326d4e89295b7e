/** How figures look. `generation/templatetags/display.py` keeps the same rules. */

import { counted, word } from "./words.js";

const SPACE = "\u00a0";

/** 40000 millionths of a dollar -> "$0.04". @param {number | null} micros */
export function price(micros) {
  if (micros === null) return word("price-unknown");
  return micros === 0 ? word("free") : `$${dollars(micros)}`;
}

function dollars(micros) {
  if (micros < 1000) return `0.${padded(micros, 6)}`.replace(/0+$/, "");
  const thousandths = Math.floor((micros + 500) / 1000);
  if (thousandths < 1000) return `0.${padded(thousandths, 3)}`.replace(/0$/, "");
  const cents = Math.floor((micros + 5000) / 10000);
  return `${Math.floor(cents / 100)}.${padded(cents % 100, 2)}`;
}

function padded(number, width) {
  return String(number).padStart(width, "0");
}

/** 12.34 -> "12.3 s". @param {number | null | undefined} value */
export function seconds(value) {
  if (value === null || value === undefined) return "";
  if (value >= 59.95) return minutes(Math.floor(value + 0.5));
  const tenths = Math.floor(value * 10 + 0.5);
  return `${Math.floor(tenths / 10)}.${tenths % 10}${SPACE}s`;
}

/** A running watch: whole seconds, so that it does not flicker. @param {number} value */
export function stopwatch(value) {
  const whole = Math.max(0, Math.floor(value));
  return whole < 60 ? `${whole}${SPACE}s` : minutes(whole);
}

function minutes(whole) {
  return `${Math.floor(whole / 60)}${SPACE}min ${whole % 60}${SPACE}s`;
}

/** "6 images · about $0.31". @param {(number | null)[]} prices of the chosen models */
export function estimate(prices) {
  if (prices.length === 0) return word("choose-model");
  return `${counted("images", prices.length)} · ${estimatedPrice(prices)}`;
}

function estimatedPrice(prices) {
  const known = prices.reduce((sum, micros) => sum + (micros ?? 0), 0);
  const unknown = prices.filter((micros) => micros === null).length;
  if (known === 0) return price(unknown ? null : 0);
  const about = word("about", { price: price(known) });
  return unknown ? `${about} + ${word("unknown", { count: unknown })}` : about;
}

/** "4 of 6 done, 1 failed". */
export function progress({ completed, total, failed }) {
  const done = word("progress", { done: completed, total });
  return failed ? `${done}, ${word("failed", { count: failed })}` : done;
}
