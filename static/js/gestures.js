/** Wheel, drag, pinch, swipe and double tap on a stage of pictures. */

const NEAR = 2.5;
const WHEEL = 0.0022;
const LINE = 33;
const SWIPE = 50;
const TAP = 8;
const DOUBLE = 350;

const middle = (a, b) => (a + b) / 2;

export class Gestures {
  /** @param {HTMLElement} stage @param {object} zoom the Zoom they move */
  constructor(stage, zoom) {
    this.stage = stage;
    this.zoom = zoom;
    this.fingers = new Map();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, (event) => this.up(event));
    }
  }

  /** The frame under a point, and the point as seen from its middle. */
  under({ clientX, clientY }) {
    const frames = this.zoom.on.frames();
    const hit = (frame) => {
      const box = frame.getBoundingClientRect();
      return (
        clientX >= box.left && clientX < box.right && clientY >= box.top && clientY < box.bottom
      );
    };
    const frame = frames.find(hit) ?? frames[0];
    const box = frame.getBoundingClientRect();
    return [frame, [clientX - middle(box.left, box.right), clientY - middle(box.top, box.bottom)]];
  }

  wheel(event) {
    if (!this.zoom.on.frames().length) return;
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const finer = event.ctrlKey ? 4 : 1; // a pinch on a trackpad comes as small turns of the wheel
    const [frame, at] = this.under(event);
    this.zoom.by(Math.exp(-event.deltaY * lines * WHEEL * finer), at, frame);
  }

  down(event) {
    if (event.button !== 0 || event.target.closest("button, input, a")) return;
    this.stage.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (this.fingers.size === 1) this.start = event;
    else this.start = null;
  }

  moved(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const other = [...this.fingers.values()].find((each) => each.pointerId !== event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (other) this.pinch(before, event, other);
    else if (!this.zoom.whole)
      this.zoom.pan(event.clientX - before.clientX, event.clientY - before.clientY);
  }

  pinch(before, now, other) {
    const apart = (a, b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1;
    const centre = {
      clientX: middle(now.clientX, other.clientX),
      clientY: middle(now.clientY, other.clientY),
    };
    const [frame, at] = this.under(centre);
    this.zoom.by(apart(now, other) / apart(before, other), at, frame);
    this.zoom.pan(middle(0, now.clientX - before.clientX), middle(0, now.clientY - before.clientY));
  }

  up(event) {
    if (!this.fingers.delete(event.pointerId) || !this.start || event.type !== "pointerup") return;
    const right = event.clientX - this.start.clientX;
    const down = event.clientY - this.start.clientY;
    const swipes = event.pointerType !== "mouse" && this.zoom.whole && Math.abs(right) > SWIPE;
    if (swipes && Math.abs(right) > Math.abs(down)) this.zoom.on.swiped?.(right < 0 ? 1 : -1);
    else if (Math.hypot(right, down) < TAP) this.tap(event);
  }

  /** Two taps look closer, two more show the whole picture again. */
  tap(event) {
    const twice = event.timeStamp - (this.tapped ?? Number.NEGATIVE_INFINITY) < DOUBLE;
    this.tapped = twice ? undefined : event.timeStamp;
    if (!twice) return;
    const [frame, at] = this.under(event);
    if (this.zoom.whole) this.zoom.by(NEAR, at, frame);
    else this.zoom.fit();
  }
}
