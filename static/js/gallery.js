/** The gallery goes on by itself; Back returns to the same place. */

import { tellLocalTime } from "./when.js";
import { announce, counted } from "./words.js";

const list = document.querySelector("[data-gallery]");
const more = document.querySelector("[data-more]");
const end = document.querySelector("[data-end]");
const AHEAD = "600px";
let pages = 0;
let busy = false;

async function fetchPage(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Hang the next page's contact sheets below these. Without an answer the plain link stays. */
async function goOn() {
  const link = more.querySelector("[data-next]");
  if (busy || !link) return false;
  busy = true;
  try {
    const page = await fetchPage(link.href);
    const entries = [...page.querySelectorAll("[data-gallery] > *")].map((e) =>
      document.adoptNode(e),
    );
    const next = page.querySelector("[data-next]");
    for (const entry of entries) tellLocalTime(entry);
    list.append(...entries);
    if (next) link.href = next.href;
    else link.remove();
    more.hidden = !next;
    end.hidden = Boolean(next);
    pages += 1;
    announce([counted("older", entries.length), next ? "" : end.textContent].join(" "));
    return true;
  } catch {
    return false;
  } finally {
    busy = false;
  }
}

function keepPlace() {
  const place = { pages, top: window.scrollY };
  history.replaceState({ ...history.state, place }, "");
}

/** A page that was left and forgotten by the browser is filled again as far as it was read. */
async function returnToPlace() {
  const place = history.state?.place;
  if (!place?.pages) return;
  history.scrollRestoration = "manual";
  while (pages < place.pages && (await goOn()));
  window.scrollTo(0, place.top);
}

async function start() {
  window.addEventListener("pagehide", keepPlace);
  await returnToPlace();
  const watcher = new IntersectionObserver(
    async ([seen]) => {
      if (!seen.isIntersecting || !(await goOn())) return;
      watcher.unobserve(more);
      if (!more.hidden) watcher.observe(more);
    },
    { rootMargin: AHEAD },
  );
  watcher.observe(more);
}

if (list) start();
