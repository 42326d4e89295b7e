/** The studio: from a prompt to the page of its job. */

import { post, Wish } from "./api.js";
import { offerEnhancement } from "./enhance.js";
import { Errors } from "./errors.js";
import { offerInspiration } from "./inspire.js";
import { Models } from "./models.js";
import { lengthOf, Prompt } from "./prompt.js";
import { Settings } from "./settings.js";
import { keepToken, remember } from "./store.js";
import { word } from "./words.js";

const NO_JOB = "00000000-0000-0000-0000-000000000000";

const form = document.querySelector("[data-generate]");
const errors = new Errors(form);
const prompt = new Prompt(form);
const settings = new Settings(form);
const models = new Models(form, () => settings.tell());
const wish = new Wish();

/** What is wrong before anything is sent: a field and a sentence, or nothing. */
function mistake() {
  if (lengthOf(prompt.text) === 0) return ["prompt", word("prompt-missing")];
  if (prompt.over > 0) return ["prompt", word("prompt-too-long", { over: prompt.over })];
  if (models.slugs.length === 0) return ["models", word("models-missing")];
  const { bad } = settings;
  return bad && [bad.name, word("number-bad", { min: bad.min, max: bad.max })];
}

async function send() {
  const body = { prompt: prompt.text, ...settings.values, models: models.slugs };
  const { jobId, jobToken } = await post(form.dataset.generateUrl, body, wish.nameOf(body));
  if (jobToken) keepToken(jobId, jobToken);
  remember("draft", null, "sessionStorage");
  window.location.assign(form.dataset.jobUrl.replace(NO_JOB, jobId));
}

function tellRefusal(refusal) {
  errors.show(refusal.later ? "go" : refusal.field, refusal.message);
}

async function generate(event) {
  event.preventDefault();
  if (form.dataset.state === "busy") return;
  errors.clear();
  const wrong = mistake();
  if (wrong) {
    errors.show(...wrong);
    return;
  }
  form.dataset.state = "busy";
  try {
    await send();
  } catch (refusal) {
    delete form.dataset.state;
    wish.refused(refusal);
    tellRefusal(refusal);
  }
}

form.noValidate = true;
form.addEventListener("submit", generate);
// On Back the browser fills the fields again, or returns the whole page as it was left.
window.addEventListener("pageshow", (event) => {
  for (const part of [prompt, models, settings]) part.tell();
  if (!event.persisted) return;
  delete form.dataset.state;
  wish.forget();
});
offerInspiration(prompt, form);
offerEnhancement(prompt, form, errors);
