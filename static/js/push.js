/** Following a job by server-sent events, where they come. */

const MOST_TROUBLE = 2;

/** Resolves when the tab is looked away from. */
const hidden = () =>
  new Promise((done) => {
    const check = () => {
      if (!document.hidden) return;
      document.removeEventListener("visibilitychange", check);
      done();
    };
    document.addEventListener("visibilitychange", check);
    check();
  });

/**
 * Listen until nothing more can come, the tab is hidden, or pushing does not work. A hidden tab gives its
 * connection up: a browser has only six for a host, over all tabs.
 * @param {string} url
 * @param {object} on
 * @param {(snapshot: object) => void} on.snapshot
 * @param {() => boolean} on.complete nothing more can come
 * @returns {Promise<boolean>} whether pushing works
 */
export function listen(url, on) {
  return new Promise((done) => {
    const source = new EventSource(url);
    let trouble = MOST_TROUBLE; // until the first snapshot, which comes at once where pushing works
    const end = (works) => {
      source.close();
      done(works);
    };
    source.addEventListener("message", (event) => {
      trouble = 0;
      on.snapshot(JSON.parse(event.data));
      if (on.complete()) end(true);
    });
    source.addEventListener("error", () => {
      trouble += 1;
      if (trouble > MOST_TROUBLE || source.readyState === EventSource.CLOSED) end(false);
    });
    hidden().then(() => end(true));
  });
}
