import { flushSync } from 'svelte';
import { isGoing } from '../../core/api/events.ts';
import type { Beat } from '../../core/beat/beat.ts';
import type { PixelSpacing, Point } from '../../core/geometry/point.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { tracedStructures, withTrace } from '../../core/review/traces.ts';
import { leftVentricularCavity, structureOf, type StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy, StructureTraces } from '../state/study.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { screenDistance, type PicturePlacement } from '../viewing/placement.ts';
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
  type Outcome,
  type Seeing,
} from './gesture.ts';
import { gripAt, partOf, type Grip } from './grip.ts';
import { withHingesMoved } from './shared-hinges.ts';
import { withPointAt, withoutPoint } from './reshape.ts';

/** Name of the user-timing entries of a drag: pointer handler to contour and numbers in the document. */
export const dragMeasure = 'systola:drag';

/** What the editor needs to know of its picture. */
export interface EditedPicture {
  readonly study: OpenStudy;
  readonly sopInstanceUid: string;
  /** Frame on screen; editing begins on it and stays with it. */
  frame(): number | null;
  /** mm per pixel, or the pixels' proportions where no scale is known. */
  spacing(): PixelSpacing;
  /** Whether `spacing` is in millimetres. */
  calibrated(): boolean;
  /** Where the picture lies on screen. */
  placement(): PicturePlacement;
}

/** So near to the pointer, in pixels on screen, something is gripped. */
const reachPx = 8;
/** Pointer movement under which a press is a click, pixels on screen. */
const clickPx = 0.75;
/** Share of the pointer's way that a contour follows while Alt is held. */
const slowShare = 0.25;
/** A pause between presses of arrow keys after which the nudge is recorded, ms. */
const nudgeRestMs = 700;

/** Turns pointer and keys on one picture into gestures, and gestures into recorded changes. */
export class PictureEditor {
  readonly #picture: EditedPicture;
  gesture = $state.raw<Gesture>(idle);
  /** Control point that keys act on. */
  selected = $state<number | null>(null);
  /** What the pointer is on. */
  hover = $state.raw<Grip | null>(null);
  /** Where the pointer is, image pixels; null while it is elsewhere. */
  pointer = $state.raw<Point | null>(null);
  /** Where a press began, and whether the pointer has moved since. */
  #press: { readonly at: Point; readonly moved: boolean } | null = null;
  /** How far what is dragged lags behind the pointer, which Alt makes slower. */
  #lag: Point = [0, 0];
  /** A ruler line waiting for its true length. */
  ruler = $state.raw<{ readonly from: Point; readonly to: Point } | null>(null);
  #frame = -1;
  #structure: StructureId = leftVentricularCavity;
  /** The hinge that is moved, by its place among the contour's points. */
  #hinge: number | null = null;
  /** The clip as the gesture found it. */
  #origin: ClipReview | undefined;
  /** Frame that a gesture began on: the picture stays with it, whatever the numbers make ED or ES meanwhile. */
  held = $state<number | null>(null);
  /** Beats found so far, to be kept while their ED or ES is corrected; null where nothing needs keeping. */
  #kept: readonly Beat[] | null = null;

  constructor(picture: EditedPicture) {
    this.#picture = picture;
  }

  get busy(): boolean {
    return this.gesture.state !== 'idle';
  }

  /** The contour of the chosen structure on the frame on screen. */
  #trace(): Trace | null {
    return this.#traceOf(workspace.structure);
  }

  #traceOf(structure: StructureId): Trace | null {
    const { study, sopInstanceUid } = this.#picture;
    const frame = this.#picture.frame();
    return frame === null ? null : study.traceAt({ sopInstanceUid, structure, frame });
  }

  /** What the pointer is on: a part of the chosen structure's contour, else of that of another one. */
  #gripped(at: Point): { structure: StructureId; trace: Trace; grip: Grip } | null {
    const frame = this.#picture.frame();
    if (frame === null) return null;
    const { study, sopInstanceUid } = this.#picture;
    const others = tracedStructures(study.clipReview(sopInstanceUid), frame);
    for (const structure of [workspace.structure, ...others]) {
      const trace = this.#traceOf(structure);
      const grip = trace && this.#gripAt(trace, at);
      if (grip) return { structure, trace, grip };
    }
    return null;
  }

  /** The contours of the frame as the gesture has them: a hinge that is dragged is one of every structure. */
  #changed(trace: Trace): StructureTraces {
    const own = [this.#structure, trace] as const;
    if (this.#hinge === null) return [own];
    const others = withHingesMoved(
      this.#origin,
      this.#frame,
      this.#structure,
      trace,
      this.#hinge,
      this.#picture.spacing(),
    );
    return [own, ...others];
  }

  /** An edit begins on the frame on screen; contours that were hidden are seen again. */
  #begin(frame: number, grip: Grip | null = null): void {
    workspace.showContours = true;
    this.#frame = frame;
    this.#structure = workspace.structure;
    this.#hinge = grip?.part === 'hinge' ? grip.index : null;
    this.#origin = this.#picture.study.clipReview(this.#picture.sopInstanceUid);
    this.held = frame;
    this.#kept = this.#beatsToKeep(frame);
  }

  /**
   * A correction of the ED or ES contour must not make another frame ED or ES under the reader's hand: found beats
   * are kept as they are, in the same step of history, once the run that finds them has ended.
   */
  #beatsToKeep(frame: number): readonly Beat[] | null {
    const { study, sopInstanceUid } = this.#picture;
    if (study.clipReview(sopInstanceUid)?.beats || isGoing(study.runs[sopInstanceUid])) return null;
    const found = study.measured.clips[sopInstanceUid]?.beats ?? [];
    return found.some(({ edFrame, esFrame }) => edFrame === frame || esFrame === frame) ? found : null;
  }

  /** A contour that cannot be seen is not taken hold of. */
  get #adjustable(): boolean {
    return workspace.tool === 'adjust' && workspace.showContours;
  }

  get #seeing(): Seeing {
    return { spacing: this.#picture.spacing(), screenPx: 1 / this.#picture.placement().scaleY };
  }

  #gripAt(trace: Trace, at: Point): Grip | null {
    const { spacing, screenPx } = this.#seeing;
    return gripAt(trace, at, reachPx * screenPx, spacing);
  }

  down(at: Point, shift: boolean): void {
    this.#press = { at, moved: false };
    this.#lag = [0, 0];
    this.pointer = at;
    const frame = this.#picture.frame();
    if (frame === null) return;
    const trace = this.#trace();
    switch (workspace.tool) {
      case 'draw':
        if (this.gesture.state === 'idle') this.#begin(frame);
        this.gesture = pressDrawing(
          this.gesture,
          at,
          this.#seeing,
          structureOf(workspace.structure)?.landmarks,
        );
        return;
      case 'ruler':
        this.held = frame;
        this.ruler = null;
        this.gesture = pressRuler(this.gesture, at);
        return;
      case 'redraw':
        if (trace) {
          this.#begin(frame);
          this.gesture = { state: 'redrawing', origin: trace, stroke: [at] };
        } else
          report('information', 'There is no contour on this frame yet. Draw one with the drawing tool (N).');
        return;
      case 'adjust': {
        const gripped = this.#adjustable ? this.#gripped(at) : null;
        this.selected = gripped ? gripped.grip.index : null;
        if (!gripped) return;
        const { structure, grip } = gripped;
        workspace.structure = structure;
        this.#begin(frame, grip);
        performance.clearMeasures(dragMeasure);
        this.gesture = press(grip, shift && grip.part !== 'hinge' && grip.part !== 'apex', gripped.trace, at);
        return;
      }
    }
  }

  /** Where the hand has got to: with the pointer, or at a quarter of its speed. */
  #followed(at: Point, slow: boolean): Point {
    const before = this.pointer ?? at;
    if (slow) {
      const share = 1 - slowShare;
      this.#lag = [this.#lag[0] + share * (at[0] - before[0]), this.#lag[1] + share * (at[1] - before[1])];
    }
    this.pointer = at;
    if (this.#press && screenDistance(this.#picture.placement(), this.#press.at, at) >= clickPx) {
      this.#press = { ...this.#press, moved: true };
    }
    return [at[0] - this.#lag[0], at[1] - this.#lag[1]];
  }

  /**
   * Pointer movement; `slow` makes what is dragged follow at a quarter of its speed. While a contour is dragged, it
   * and every number that follows are written before this returns.
   */
  move(pointer: Point, slow = false): void {
    const at = this.#followed(pointer, slow && this.gesture.state === 'dragging');
    if (this.gesture.state === 'idle') {
      const grip = (this.#adjustable ? this.#gripped(at)?.grip : null) ?? null;
      if (grip?.index !== this.hover?.index || grip?.part !== this.hover?.part) this.hover = grip;
      return;
    }
    const start = performance.now();
    this.gesture = moveTo(this.gesture, at, this.#seeing);
    if (this.gesture.state !== 'dragging') return;
    this.#show();
    flushSync();
    performance.measure(dragMeasure, { start });
  }

  up(pointer: Point, slow = false): void {
    const at = this.#followed(pointer, slow && this.gesture.state === 'dragging');
    const click = this.#press?.moved !== true;
    this.#press = null;
    this.#lag = [0, 0];
    this.gesture = moveTo(this.gesture, at, this.#seeing);
    const step = release(this.gesture, this.#seeing, click);
    this.gesture = step.gesture;
    this.#settle(step.outcome);
  }

  /** Ends a contour that is drawn, or adds a point on the line; false where neither can be. */
  doubleClick(at: Point): boolean {
    if (this.gesture.state === 'drawing') {
      const step = finish(this.gesture, this.#picture.spacing());
      this.gesture = step.gesture;
      this.#settle(step.outcome);
      return true;
    }
    const gripped = this.#gripped(at);
    const frame = this.#picture.frame();
    if (workspace.tool !== 'adjust') return true;
    if (!this.#adjustable || frame === null || !gripped) return false;
    if (gripped.grip.part !== 'wall') return true;
    workspace.structure = gripped.structure;
    this.#begin(frame);
    const { trace: changed, index } = withPointAt(gripped.trace, at, this.#picture.spacing());
    this.#record(changed, 'added a point');
    this.selected = index;
    return true;
  }

  /** The pointer has left the picture. */
  leave(): void {
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
    this.#lag = [0, 0];
    this.#picture.study.preview(null);
    return true;
  }

  /** Enter: ends a contour that is drawn point by point. */
  finishDrawing(): boolean {
    if (this.gesture.state !== 'drawing') return false;
    const step = finish(this.gesture, this.#picture.spacing());
    this.gesture = step.gesture;
    this.#settle(step.outcome);
    return true;
  }

  select(step: 1 | -1): void {
    const trace = this.#trace();
    if (!trace) return;
    const count = trace.points.length;
    workspace.showContours = true;
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
      this.#record(changed.trace, 'deleted a point');
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
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
    const grip = { part: partOf(trace, this.selected), index: this.selected };
    if (this.gesture.state === 'idle') this.#begin(frame, grip);
    this.gesture = nudge(this.gesture, grip, trace, by);
    this.#show();
    return true;
  }

  #resting: ReturnType<typeof setTimeout> | null = null;

  /** The arrow key is let go. Presses that follow soon belong to the same step of history. */
  restNudge(): void {
    if (this.gesture.state !== 'nudging') return;
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.endNudge(), nudgeRestMs);
  }

  /** All presses since the point stood still are one entry of history. */
  endNudge(): void {
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
    if (this.gesture.state !== 'nudging') return;
    const step = endNudge(this.gesture, this.#picture.spacing());
    this.gesture = step.gesture;
    this.#settle(step.outcome);
  }

  #show(): void {
    const trace = previewOf(this.gesture, this.#picture.spacing());
    const { study, sopInstanceUid } = this.#picture;
    const frame = this.#frame;
    const kept = this.#kept;
    const changed = trace && this.#changed(trace);
    study.preview((review) => {
      const clip = review.clips[sopInstanceUid];
      if (!clip || !changed) return review;
      const drawn = changed.reduce(
        (before, [structure, one]) => withTrace(before, structure, frame, one),
        clip,
      );
      const clips = { ...review.clips, [sopInstanceUid]: { ...drawn, beats: clip.beats ?? kept } };
      return { ...review, clips };
    });
  }

  #settle(outcome: Outcome): void {
    if (this.gesture.state === 'idle') this.held = null;
    if (outcome?.kind === 'trace') {
      this.#record(outcome.trace, outcome.label);
      if (workspace.tool === 'draw') workspace.tool = 'adjust';
    } else this.#picture.study.preview(null);
    if (outcome?.kind === 'ruler') this.ruler = { from: outcome.from, to: outcome.to };
    if (outcome?.kind === 'refused') report('information', outcome.reason);
  }

  #record(trace: Trace, label: string): void {
    const { study, sopInstanceUid } = this.#picture;
    study.commitTraces(
      `${label}, frame ${frameNumber(this.#frame)}`,
      sopInstanceUid,
      this.#frame,
      this.#changed(trace),
      this.#kept,
    );
    this.held = null;
  }
}
