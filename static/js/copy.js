/** Buttons with data-copy copy its value, or this page's address where it is empty. */

import { announce, word } from "./words.js";

const SHOWN_FOR = 2000;

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy || window.location.href);
  button.dataset.state = "done";
  announce(word("copied"));
  setTimeout(() => delete button.dataset.state, SHOWN_FOR);
}

/** @param {ParentNode} root */
export function offerCopies(root) {
  // Browsers have a clipboard for scripts only on https and localhost.
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
