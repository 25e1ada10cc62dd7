import { flushSync } from 'svelte';
import type { Point } from '../../core/geometry/point.ts';
import { message } from '../../core/language/message.ts';
import { structureOf, type StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { keyTextOf } from '../keyboard/key-words.ts';
import { report } from '../state/messages.svelte.ts';
import type { EditedPicture, ReadersChoice } from './edited-picture.ts';
import type { EditStep } from './edit-step.ts';
import { contourOf, contourUnder, type GrippedContour, seeingOf } from './find-contour.ts';
import { FrameEdit } from './frame-edit.ts';
import {
  endNudge,
  finish,
  idle,
  moveTo,
  nudge,
  press,
  pressDrawing,
  pressRuler,
  previewOf,
  release,
  type Gesture,
  type GestureStep,
} from './gesture.ts';
import { partOf, type Grip } from './grip.ts';
import { PointerWay } from '../viewing/pointer-way.ts';
import { withPointAt, withoutPoint } from './reshape.ts';

/** Name of the user-timing entries of a drag: pointer handler to contour and numbers in the document. */
const dragMeasure = 'systola:drag';

/** A pause between presses of arrow keys after which the nudge is recorded, ms. */
const nudgeRestMs = 700;

/** Turns pointer and keys on one picture into gestures, and gestures into recorded changes. */
export class PictureEditor {
  readonly #picture: EditedPicture;
  readonly #choice: ReadersChoice;
  gesture = $state.raw<Gesture>(idle);
  /** Control point that keys act on. */
  selected = $state<number | null>(null);
  /** What the pointer is on. */
  hover = $state.raw<Grip | null>(null);
  /** Where the pointer is, image pixels; null while it is elsewhere. */
  pointer = $state.raw<Point | null>(null);
  /** A ruler line waiting for its true length. */
  ruler = $state.raw<{ readonly from: Point; readonly to: Point } | null>(null);
  /** Frame that a gesture began on: the picture stays with it, whatever the numbers make ED or ES meanwhile. */
  held = $state<number | null>(null);
  readonly #way = new PointerWay();
  /** What the gesture corrects; null where it corrects no contour. */
  #edit: FrameEdit | null = null;
  /** Ends a nudge when no arrow key has been pressed for a while. */
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(picture: EditedPicture, choice: ReadersChoice) {
    this.#picture = picture;
    this.#choice = choice;
  }

  get busy(): boolean {
    return this.gesture.state !== 'idle';
  }

  /** The contour of the chosen structure on the frame on screen. */
  #trace(): Trace | null {
    return contourOf(this.#picture, this.#choice.structure);
  }

  #gripped(at: Point, byFinger = false): GrippedContour | null {
    const { structure } = this.#choice;
    const choice = { structure, isShown: (id: StructureId) => this.#choice.isShown(id) };
    return contourUnder(this.#picture, choice, at, byFinger);
  }

  /** An edit begins on the frame on screen; contours that were hidden are seen again. */
  #begin(frame: number, grip: Grip | null = null): FrameEdit {
    this.#showChosen();
    this.held = frame;
    this.#edit = new FrameEdit(this.#picture, this.#choice.structure, frame, grip);
    return this.#edit;
  }

  #showChosen(): void {
    this.#choice.showContours = true;
    this.#choice.contour(this.#choice.structure);
  }

  /** A contour that cannot be seen is not taken hold of. */
  get #adjustable(): boolean {
    return this.#choice.tool === 'adjust' && this.#choice.showContours;
  }

  down(at: Point, shift: boolean, byFinger = false): void {
    this.#way.press(at);
    this.pointer = at;
    const frame = this.#picture.frame();
    if (frame === null) return;
    switch (this.#choice.tool) {
      case 'draw': {
        if (this.gesture.state === 'idle') this.#begin(frame);
        const landmarks = structureOf(this.#choice.structure)?.landmarks;
        this.gesture = pressDrawing(this.gesture, at, seeingOf(this.#picture), landmarks);
        return;
      }
      case 'ruler':
        this.held = frame;
        this.ruler = null;
        this.gesture = pressRuler(this.gesture, at);
        return;
      case 'redraw': {
        const trace = this.#trace();
        if (trace) {
          this.#begin(frame);
          this.gesture = { state: 'redrawing', origin: trace, stroke: [at] };
        } else report('information', message('edit.nothing-to-redraw', { key: keyTextOf('draw') }));
        return;
      }
      case 'adjust':
        this.#take(frame, at, shift, byFinger);
        return;
      case 'caliper':
      case 'note':
        return;
    }
  }

  /** Takes hold of what the pointer is on. */
  #take(frame: number, at: Point, wholeWall: boolean, byFinger: boolean): void {
    const gripped = this.#adjustable ? this.#gripped(at, byFinger) : null;
    this.selected = gripped ? gripped.grip.index : null;
    if (!gripped) return;
    const { structure, grip, trace } = gripped;
    this.#choice.structure = structure;
    this.#begin(frame, grip);
    performance.clearMeasures(dragMeasure);
    this.gesture = press(grip, wholeWall && grip.part !== 'hinge' && grip.part !== 'apex', trace, at);
  }

  #follow(at: Point, slow: boolean): Point {
    this.pointer = at;
    return this.#way.follow(at, slow && this.gesture.state === 'dragging', this.#picture.placement());
  }

  /**
   * Pointer movement; `slow` makes what is dragged follow at a quarter of its speed. While a contour is dragged, it
   * and every number that follows are written before this returns.
   */
  move(pointer: Point, slow = false): void {
    const at = this.#follow(pointer, slow);
    if (this.gesture.state === 'idle') {
      const grip = (this.#adjustable ? this.#gripped(at)?.grip : null) ?? null;
      if (grip?.index !== this.hover?.index || grip?.part !== this.hover?.part) this.hover = grip;
      return;
    }
    const start = performance.now();
    this.gesture = moveTo(this.gesture, at, seeingOf(this.#picture));
    if (this.gesture.state !== 'dragging') return;
    this.#show();
    flushSync();
    performance.measure(dragMeasure, { start });
  }

  up(pointer: Point, slow = false): void {
    const at = this.#follow(pointer, slow);
    const click = this.#way.release();
    const seeing = seeingOf(this.#picture);
    this.#settle(release(moveTo(this.gesture, at, seeing), seeing, click));
  }

  /** Ends a contour that is drawn, or adds a point on the line; false where neither can be. */
  doubleClick(at: Point): boolean {
    if (this.finishDrawing()) return true;
    if (this.#choice.tool !== 'adjust') return true;
    const gripped = this.#gripped(at);
    const frame = this.#picture.frame();
    if (!this.#adjustable || frame === null || !gripped) return false;
    if (gripped.grip.part !== 'wall') return true;
    this.#choice.structure = gripped.structure;
    const { trace, index } = withPointAt(gripped.trace, at, this.#picture.spacing());
    this.#begin(frame);
    this.#record(trace, 'edit.step.added-point');
    this.selected = index;
    return true;
  }

  /** The pointer has left the picture. */
  leave(): void {
    this.#way.leave();
    this.pointer = null;
    this.hover = null;
  }

  /** The gesture is dropped, the contour is as it was. */
  cancel(): boolean {
    if (this.gesture.state === 'idle' && this.ruler === null) {
      if (this.selected === null) return false;
      this.selected = null;
      return true;
    }
    this.gesture = idle;
    this.ruler = null;
    this.held = null;
    this.#edit = null;
    this.#way.catchUp();
    this.#picture.study.preview(null);
    return true;
  }

  /** Enter: ends a contour that is drawn point by point. */
  finishDrawing(): boolean {
    if (this.gesture.state !== 'drawing') return false;
    this.#settle(finish(this.gesture, this.#picture.spacing()));
    return true;
  }

  select(step: 1 | -1): void {
    const trace = this.#trace();
    if (!trace) return;
    const count = trace.points.length;
    this.#showChosen();
    this.selected =
      this.selected === null ? (step > 0 ? 0 : count - 1) : (this.selected + step + count) % count;
  }

  deleteSelected(): boolean {
    const trace = this.#trace();
    if (!trace || this.selected === null || this.busy) return false;
    const changed = withoutPoint(trace, this.selected, this.#picture.spacing());
    const frame = this.#picture.frame();
    if (changed.trace && frame !== null) {
      this.#begin(frame);
      this.#record(changed.trace, 'edit.step.deleted-point');
      this.selected = null;
    } else if (!changed.trace) report('information', changed.reason);
    return true;
  }

  /** One arrow key: moves the selected point by millimetres, a quarter of a pixel's height for 0.1 mm without a scale. */
  nudge(x: number, y: number, stepMm: number): boolean {
    const trace = this.#trace();
    const frame = this.#picture.frame();
    if (!trace || frame === null || this.selected === null) return false;
    const { mmPerPixelX, mmPerPixelY } = this.#picture.spacing();
    const step = this.#picture.calibrated() ? stepMm : stepMm * 2.5 * mmPerPixelY;
    const by: Point = [(x * step) / mmPerPixelX, (y * step) / mmPerPixelY];
    clearTimeout(this.#resting);
    const grip = { part: partOf(trace, this.selected), index: this.selected };
    if (this.gesture.state === 'idle') this.#begin(frame, grip);
    this.gesture = nudge(this.gesture, grip, trace, by);
    this.#show();
    return true;
  }

  /** The arrow key is let go. Presses that follow soon belong to the same step of history. */
  restNudge(): void {
    if (this.gesture.state !== 'nudging') return;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.endNudge(), nudgeRestMs);
  }

  /** All presses since the point stood still are one entry of history. */
  endNudge(): void {
    clearTimeout(this.#resting);
    if (this.gesture.state !== 'nudging') return;
    this.#settle(endNudge(this.gesture, this.#picture.spacing()));
  }

  #show(): void {
    this.#edit?.preview(previewOf(this.gesture, this.#picture.spacing()));
  }

  #settle({ gesture, outcome }: GestureStep): void {
    this.gesture = gesture;
    if (gesture.state === 'idle') this.held = null;
    if (outcome?.kind === 'trace') {
      this.#record(outcome.trace, outcome.step);
      if (this.#choice.tool === 'draw') this.#choice.tool = 'adjust';
    } else this.#picture.study.preview(null);
    if (outcome?.kind === 'ruler') this.ruler = { from: outcome.from, to: outcome.to };
    if (outcome?.kind === 'refused') report('information', outcome.reason);
  }

  #record(trace: Trace, step: EditStep): void {
    this.#edit?.record(trace, step);
    this.#edit = null;
    this.held = null;
  }
}
