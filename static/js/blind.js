/** Which picture is the best? Names are hidden and the order is shuffled until one is picked. */

import { call } from "./api.js";
import { enter, leave, place, register } from "./place.js";
import { recall, remember } from "./store.js";
import { slot } from "./tile.js";
import { hangWhole, hung } from "./whole.js";
import { counted, word } from "./words.js";

const LEAST = 2;
const OVER = ["completed", "partial"];
const mine = (hash) => hash === "blind";

/** What says that this browser votes once. It is drawn here and tells nothing else. */
function voter() {
  const kept = recall("voter", "");
  if (kept) return kept;
  const drawn = Array.from(crypto.getRandomValues(new Uint32Array(5)), (n) => n.toString(36));
  remember("voter", drawn.join("-"));
  return drawn.join("-");
}

/** In any order, each as likely as any other. */
function shuffled(all) {
  const left = [...all];
  return all.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}

export class Blind {
  /** @param {HTMLElement} job @param {HTMLElement} list the tiles */
  constructor(job, list) {
    this.job = job;
    this.list = list;
    this.dialog = document.getElementById("blind");
    this.pictures = slot(this.dialog, "pictures");
    this.blank = this.dialog.querySelector("template");
    this.after = slot(this.dialog, "after");
    this.button = job.querySelector("[data-blinds]");
    this.button.addEventListener("click", () => enter("blind"));
    this.dialog.addEventListener("close", () => mine(place()) && leave());
    this.pictures.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.pick(button.closest("li"));
    });
    document.addEventListener("keydown", (event) => this.dialog.open && this.key(event));
    this.offer();
    register(this);
  }

  get possible() {
    return OVER.includes(this.job.dataset.status) && hung(this.list).length >= LEAST;
  }

  /** Offer it once the job is over and there are two pictures. */
  offer() {
    this.button.disabled = !this.possible;
  }

  obey(hash) {
    if (!mine(hash) || !this.possible) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    if (this.dialog.open) return;
    this.hide();
    this.dialog.showModal();
  }

  hide() {
    const tiles = shuffled(hung(this.list));
    this.pictures.replaceChildren(...tiles.map((tile, order) => this.row(tile, order + 1)));
    this.pictures.dataset.count = tiles.length;
    this.after.hidden = true;
    for (const name of ["outcome", "trouble"]) slot(this.dialog, name).textContent = "";
    this.dialog.dataset.state = "ready";
  }

  row(tile, number) {
    const row = this.blank.content.cloneNode(true).firstElementChild;
    row.dataset.index = tile.dataset.index;
    slot(row, "number").textContent = number;
    const image = slot(row, "image");
    hangWhole(image, tile);
    image.alt = word("picture", { number });
    return row;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !/^[1-9]$/.test(event.key)) return;
    const row = this.pictures.children[Number(event.key) - 1];
    if (row && recall("single-keys", true)) this.pick(row);
  }

  tile(index) {
    return this.list.querySelector(`[data-index="${index}"]`);
  }

  async pick(row) {
    if (this.dialog.dataset.state !== "ready") return;
    this.dialog.dataset.state = "busy";
    const body = { resultId: this.tile(row.dataset.index).dataset.result };
    try {
      const headers = { "X-Voter-Token": voter() };
      this.reveal(await call("POST", this.job.dataset.voteUrl, body, headers));
    } catch (refusal) {
      this.dialog.dataset.state = "ready";
      slot(this.dialog, "trouble").textContent = refusal.message;
    }
  }

  reveal(told) {
    this.dialog.dataset.state = "told";
    slot(this.dialog, "trouble").textContent = "";
    for (const row of this.pictures.children) this.name(row, told);
    const { index } = told.results.find((result) => result.id === told.resultId);
    const model = slot(this.tile(index), "model").textContent;
    const outcome = told.counted ? word("picked", { model }) : word("picked-before", { model });
    slot(this.dialog, "outcome").textContent = `${outcome} ${counted("votes", told.votes)}.`;
    this.after.hidden = false;
  }

  name(row, told) {
    const tile = this.tile(row.dataset.index);
    const result = told.results.find((each) => each.index === Number(row.dataset.index));
    row.toggleAttribute("data-chosen", result?.id === told.resultId);
    for (const name of ["model", "time", "price"]) {
      slot(row, name).textContent = slot(tile, name).textContent;
    }
    slot(row, "votes").textContent = counted("votes", result?.votes ?? 0);
    slot(row, "image").alt = slot(tile, "image").alt;
  }
}
