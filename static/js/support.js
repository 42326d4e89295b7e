/** Which of the chosen models do not know a parameter, said beside its field. */

import { slot } from "./tile.js";
import { word } from "./words.js";

const FEW = 3;

function nameOf(box) {
  return slot(box.closest("label"), "name").textContent;
}

/** Of a server that we know nothing of, nothing is said. @param {string} parameters one is enough */
function deafTo(parameters, box) {
  const { knows } = box.dataset;
  if (knows === undefined) return false;
  const known = knows.split(" ");
  return !parameters.split(" ").some((parameter) => known.includes(parameter));
}

/** Whether a chosen model may know a parameter. @param {HTMLFormElement} form */
export function known(form, parameter) {
  const chosen = [...form.querySelectorAll("input[name=models]:checked")];
  return chosen.some((box) => !deafTo(parameter, box));
}

function sentence(deaf, chosen) {
  if (deaf.length === 0) return "";
  if (deaf.length === chosen.length) return word("ignored-by-all");
  if (deaf.length <= FEW) return word("ignored-by", { models: deaf.map(nameOf).join(", ") });
  return word("ignored-by-many", { count: deaf.length, total: chosen.length });
}

/** @param {HTMLFormElement} form @param {HTMLInputElement[]} chosen the ticked models */
export function tellSupport(form, chosen) {
  for (const place of form.querySelectorAll("[data-support]")) {
    place.textContent = sentence(
      chosen.filter((box) => deafTo(place.dataset.support, box)),
      chosen,
    );
  }
}
