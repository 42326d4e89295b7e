/** What scripts say: the page carries the words, translated, in `template#words`. */

const template = document.querySelector("template#words");
const words = new Map();
for (const entry of template?.content.querySelectorAll("data") ?? []) {
  words.set(entry.value, entry.textContent);
}
const plural = new Intl.PluralRules(document.documentElement.lang || "en");

/**
 * @param {string} name
 * @param {Record<string, string | number>} [values] what stands for {name} in the words
 */
export function word(name, values = {}) {
  const text = words.get(name) ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/**
 * @param {string} name a word that exists as name-one, name-other, …
 * @param {number} count
 */
export function counted(name, count) {
  return word(`${name}-${plural.select(count)}`, { count }) || word(`${name}-other`, { count });
}

/** Tell a screen reader something that the eye sees anyway. */
export function announce(text) {
  document.querySelector("[data-announce]").textContent = text;
}
