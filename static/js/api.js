/** Talking to the server: JSON out, JSON or one of our errors back. */

import { stopwatch } from "./format.js";
import { soon } from "./when.js";
import { word } from "./words.js";

const PATIENCE = 30_000;
const LATER = [402, 429, 503];
const MINUTE = 60;

/** The server said no, or nothing. `message` is for people; `field` says where it belongs. */
export class Refusal extends Error {
  /** @param {string} message @param {object} [facts] `wait` is in seconds, 0 where none is told */
  constructor(message, { code = "", field = "", status = 0, wait = 0 } = {}) {
    super(message);
    this.code = code;
    this.field = field;
    this.status = status;
    this.wait = wait;
  }

  /** Nothing is wrong with what was asked: the same may be asked again later. */
  get later() {
    return LATER.includes(this.status);
  }
}

/** The seconds of Retry-After, which may be a number or a date. 0 where there is none. */
export function waitOf(answer) {
  const told = answer.headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(told) ? Number(told) : (Date.parse(told) - Date.now()) / 1000;
  return Math.max(0, Math.ceil(seconds) || 0);
}

/** "Come back at 14:32." @param {number} wait in seconds */
function whenAgain(wait) {
  if (wait < MINUTE) return word("back-in", { time: stopwatch(wait) });
  return word("back-at", { time: soon(new Date(Date.now() + wait * 1000)) });
}

/**
 * What is wrong and, once, when to come back. The API's own sentence on a limit counts the minutes,
 * however many they are; the one on a budget says when it begins anew, if anybody knows.
 */
function sentenceOf(told, wait) {
  const message = told?.message ?? word("bad-answer");
  if (!wait || told?.code === "BUDGET_EXHAUSTED") return message;
  const limited = told?.code === "RATE_LIMIT_EXCEEDED";
  return `${limited ? word("limit-reached") : message} ${whenAgain(wait)}`;
}

async function answerTo(url, request) {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    throw new Refusal(word("no-answer"), { code: "NO_ANSWER" });
  }
}

/**
 * @param {string} method
 * @param {string} url
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 */
export async function call(method, url, body, headers = {}) {
  const type = body && { "Content-Type": "application/json" };
  const answer = await answerTo(url, {
    method,
    headers: { Accept: "application/json", ...type, ...headers },
    body: body && JSON.stringify(body),
  });
  const told = await answer.json().catch(() => null);
  if (answer.ok && told) return told;
  const wait = waitOf(answer);
  const facts = { code: told?.code, field: told?.field, status: answer.status, wait };
  throw new Refusal(sentenceOf(told, wait), facts);
}

/** @param {string} url @param {object} body @param {Record<string, string>} [headers] */
export function post(url, body, headers) {
  return call("POST", url, body, headers);
}

/** A wish for pictures: sent again after a lost answer, it keeps its name and is drawn once. */
export class Wish {
  constructor() {
    this.forget();
  }

  forget() {
    this.text = "";
    this.name = "";
  }

  /** @param {object} body @returns {Record<string, string>} headers */
  nameOf(body) {
    const text = JSON.stringify(body);
    if (this.text !== text) Object.assign(this, { text, name: randomName() });
    return { "Idempotency-Key": this.name };
  }

  /** @param {Refusal} refusal an answer, if only a refusal, ends the wish */
  refused(refusal) {
    if (refusal.code !== "NO_ANSWER") this.forget();
  }
}

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
