/** Shortcuts: an element with data-key="x" is reached by the key x, never while typing. */

import { recall, remember } from "./store.js";

const TYPED = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";

function target(key) {
  return document.querySelector(`[data-key="${CSS.escape(key)}"]:not([hidden])`);
}

function reach(element, event) {
  if (!element) return;
  event.preventDefault();
  if (element.matches(TYPED)) element.focus();
  else element.click();
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (document.querySelector("dialog[open]")) return;
  const modified = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && modified) reach(target("Ctrl+Enter"), event);
  if (modified || event.altKey) return;
  if (event.target.matches(TYPED)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key !== "Enter" && recall("single-keys", true)) reach(target(event.key), event);
}

export function listenForKeys() {
  document.addEventListener("keydown", onKey);
  const choice = document.querySelector("[data-single-keys]");
  choice.checked = recall("single-keys", true);
  choice.addEventListener("change", () => remember("single-keys", choice.checked));
}
