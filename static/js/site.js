/** What every page does: shortcuts, dialogs, copying, local time, lost pictures. */

import { offerCopies } from "./copy.js";
import { listenForKeys } from "./keys.js";
import { tellLosses } from "./losses.js";
import { tellLocalTime } from "./when.js";

for (const opener of document.querySelectorAll("[data-opens]")) {
  const dialog = document.getElementById(opener.dataset.opens);
  opener.addEventListener("click", () => dialog.showModal());
}

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-closes]")) dialog.close();
  });
}

for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

listenForKeys();
offerCopies(document);
tellLocalTime(document);
tellLosses();
