/** Times in the reader's own zone; without scripts they are in the server's. */

const language = document.documentElement.lang || undefined;
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const hour = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const DAY = 86_400_000;

/** A moment ahead: the hour alone where it comes within a day. @param {Date} date */
export function soon(date) {
  return (date - Date.now() < DAY ? hour : moment).format(date);
}

/** @param {ParentNode} root */
export function tellLocalTime(root) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const date = new Date(time.dateTime);
    time.textContent = time.dataset.local === "soon" ? soon(date) : moment.format(date);
  }
}
