/** The address tells which window is open: it can be shared, and Back closes it. */

const windows = [];
let pushed = false;

/** What stands behind the # of the address. */
export function place() {
  return window.location.hash.slice(1);
}

/** Every window opens or closes as the address says. */
function obey() {
  for (const each of windows) each.obey(place());
}

/** Open what this place means. Back leads out of it, also after going on from there. */
export function enter(hash) {
  if (place()) move(hash);
  else {
    history.pushState(history.state, "", `#${hash}`);
    pushed = true;
  }
  obey();
}

/** The same window shows something else. */
export function move(hash) {
  history.replaceState(history.state, "", `#${hash}`);
}

/** The window was closed. */
export function leave() {
  if (pushed) history.back();
  else history.replaceState(history.state, "", window.location.pathname + window.location.search);
  pushed = false;
}

/** @param {{ obey: (hash: string) => void }} each opens or closes itself */
export function register(each) {
  windows.push(each);
  each.obey(place());
}

window.addEventListener("popstate", obey);
