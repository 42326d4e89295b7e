/** Enhance: the visitor's words beside a short and a long version, what was added marked. */

import { post } from "./api.js";
import { changes } from "./diff.js";
import { lengthOf } from "./prompt.js";
import { word } from "./words.js";

/** @param {import("./prompt.js").Prompt} prompt @param {HTMLFormElement} form @param {import("./errors.js").Errors} errors */
export function offerEnhancement(prompt, form, errors) {
  const dialog = document.getElementById("enhance");
  const slot = (name) => dialog.querySelector(`[data-slot="${name}"]`);
  let versions = {};
  let asked = 0;

  function show(told) {
    versions = told;
    slot("original").textContent = told.original;
    slot("fallback").hidden = !told.fallback;
    for (const name of ["short_prompt", "long_prompt"]) {
      slot(name).replaceChildren(...marked(told.original, told[name]));
    }
    dialog.dataset.state = "ready";
  }

  async function ask() {
    const question = ++asked;
    dialog.dataset.state = "busy";
    slot("trouble").textContent = "";
    dialog.showModal();
    try {
      const told = await post(form.dataset.enhanceUrl, { prompt: prompt.text });
      if (question === asked) show(told);
    } catch (refusal) {
      if (question !== asked) return;
      dialog.dataset.state = "trouble";
      slot("trouble").textContent = refusal.message;
    }
  }

  form.querySelector("[data-enhance]").addEventListener("click", () => {
    const max = Number(dialog.dataset.enhanceMax);
    errors.clear();
    if (lengthOf(prompt.text) === 0) errors.show("prompt", word("prompt-missing"));
    else if (lengthOf(prompt.text) > max) errors.show("prompt", word("enhance-too-long", { max }));
    else ask();
  });
  dialog.addEventListener("close", () => asked++);
  for (const button of dialog.querySelectorAll("[data-use]")) {
    button.addEventListener("click", () => {
      dialog.close();
      prompt.replace(versions[button.dataset.use]);
    });
  }
}

function marked(before, after) {
  return changes(before, after).map(({ text, added }) => {
    if (!added) return document.createTextNode(text);
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  });
}
