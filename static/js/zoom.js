/** Zoom and pan of one picture, or of several at once that always show the same part. */

import { Gestures } from "./gestures.js";

const LARGEST = 8;
const STEP = 1.5;
const KEY_PAN = 60;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const between = (low, value, high) => Math.min(Math.max(value, low), high);

/** How large the whole picture is in its frame, in CSS pixels. */
function fitted(frame) {
  const image = frame.querySelector("img");
  const [wide, high] = [image.naturalWidth || 1, image.naturalHeight || 1];
  const scale = Math.min(frame.clientWidth / wide, frame.clientHeight / high);
  return [wide * scale, high * scale];
}

export class Zoom {
  /**
   * @param {HTMLElement} stage where gestures are made
   * @param {object} on
   * @param {() => HTMLElement[]} on.frames each holds one picture; all show the same part of it
   * @param {(by: number) => void} [on.swiped] over the whole picture: to the next or the last one
   * @param {() => void} [on.changed]
   */
  constructor(stage, on) {
    this.stage = stage;
    this.on = on;
    this.view = { scale: 1, x: 0.5, y: 0.5 };
    new Gestures(stage, this);
    new ResizeObserver(() => this.apply()).observe(stage);
  }

  get whole() {
    return this.view.scale === 1;
  }

  /** `x` and `y` say which point is in the middle, from 0 to 1. */
  set({ scale, x, y }) {
    this.view = { scale: between(1, scale, LARGEST), x, y };
    this.apply();
    this.on.changed?.();
  }

  fit() {
    this.set({ scale: 1, x: 0.5, y: 0.5 });
  }

  /** @param {number} factor @param {[number, number]} at a point, from the middle of its frame */
  by(factor, [left, top] = [0, 0], frame = this.on.frames()[0]) {
    if (!frame) return;
    const { scale, x, y } = this.view;
    const [wide, high] = fitted(frame);
    const next = between(1, scale * factor, LARGEST);
    const shift = 1 / scale - 1 / next;
    this.set({ scale: next, x: x + (left / wide) * shift, y: y + (top / high) * shift });
  }

  pan(right, down) {
    const [frame] = this.on.frames();
    if (!frame) return;
    const { scale, x, y } = this.view;
    const [wide, high] = fitted(frame);
    this.set({ scale, x: x - right / wide / scale, y: y - down / high / scale });
  }

  /** No more is moved out of sight than has to be. */
  apply() {
    const frames = this.on.frames();
    if (frames[0]?.clientWidth) this.keepInside(frames[0]);
    const { scale, x, y } = this.view;
    for (const frame of frames) {
      const [wide, high] = fitted(frame);
      const [right, down] = [(0.5 - x) * wide * scale, (0.5 - y) * high * scale];
      frame.querySelector("img").style.transform =
        `translate(${right}px, ${down}px) scale(${scale})`;
    }
    this.stage.toggleAttribute("data-near", !this.whole);
  }

  keepInside(frame) {
    const [wide, high] = fitted(frame);
    const inside = (value, seen) => (seen >= 1 ? 0.5 : between(seen / 2, value, 1 - seen / 2));
    this.view.x = inside(this.view.x, frame.clientWidth / wide / this.view.scale);
    this.view.y = inside(this.view.y, frame.clientHeight / high / this.view.scale);
  }

  /** @returns {boolean} whether the key meant something here */
  key(event) {
    const step = !event.target.matches("input") && ARROWS[event.key];
    if (step && !this.whole) this.pan(step[0] * KEY_PAN, step[1] * KEY_PAN);
    else if (event.key === "+" || event.key === "=") this.by(STEP);
    else if (event.key === "-") this.by(1 / STEP);
    else if (event.key === "0") this.fit();
    else return false;
    event.preventDefault();
    return true;
  }
}

/** Buttons with data-zoom, and how close the view is. @param {HTMLElement} tools @param {Zoom} zoom */
export function offerZoom(tools, zoom) {
  const acts = { in: () => zoom.by(STEP), out: () => zoom.by(1 / STEP), fit: () => zoom.fit() };
  for (const button of tools.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", acts[button.dataset.zoom]);
  }
}

/** How close the view is, beside the buttons. */
export function tellZoom(tools, { scale }) {
  tools.querySelector("[data-slot=scale]").textContent = `${scale.toFixed(1)}×`;
}
