import type { PixelSpacing, Point } from '../../core/geometry/point.ts';
import type { RulerCalibration } from '../../core/clip/calibration.ts';
import { message, type Message } from '../../core/language/message.ts';
import { distance as plainDistance } from '../../core/geometry/polygon.ts';
import { proportionOf } from '../../core/geometry/proportion.ts';
import { closedSplinePolyline, splinePolyline } from '../../core/trace/spline.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { EditStep } from './edit-step.ts';
import type { Grip } from './grip.ts';
import { movedTrace, redrawnTrace, drawnTrace, type Landmarks } from './reshape.ts';

/**
 * What the pointer or the arrow keys are doing to one picture, as a value. A gesture holds what it began with and
 * where it has got to; the contour it shows follows from that, so that cancelling is dropping it.
 */
export type Gesture =
  | { readonly state: 'idle' }
  | {
      readonly state: 'dragging';
      readonly grip: Grip;
      /** The whole wall follows instead of the neighbours (Shift). */
      readonly wholeWall: boolean;
      readonly origin: Trace;
      readonly pressedAt: Point;
      readonly at: Point;
    }
  | { readonly state: 'nudging'; readonly grip: Grip; readonly origin: Trace; readonly by: Point }
  | { readonly state: 'redrawing'; readonly origin: Trace; readonly stroke: readonly Point[] }
  | {
      readonly state: 'drawing';
      /** Of the structure that is drawn. */
      readonly landmarks: Landmarks;
      readonly stroke: readonly Point[];
      /** Pointer position behind the last clicked point; null while it draws freehand. */
      readonly ahead: Point | null;
      readonly pressed: boolean;
    }
  | { readonly state: 'drawing-ruler'; readonly from: Point; readonly to: Point; readonly pressed: boolean };

export const idle: Gesture = { state: 'idle' };

/** What a finished gesture leaves: a contour with what was done to it, a ruler line, or nothing. */
export type Outcome =
  | { readonly kind: 'trace'; readonly trace: Trace; readonly step: EditStep }
  | { readonly kind: 'ruler'; readonly from: Point; readonly to: Point }
  | { readonly kind: 'refused'; readonly reason: Message }
  | null;

export interface GestureStep {
  readonly gesture: Gesture;
  readonly outcome: Outcome;
}

/** How image pixels are seen: what a gesture is measured by. */
export interface Seeing {
  /** mm per pixel, or the pixels' proportions where no scale is known. */
  readonly spacing: PixelSpacing;
  /** Heights of an image pixel that a pixel on screen is high. */
  readonly screenPx: number;
}

/** Freehand points closer than this to the last one, in heights of a pixel, add nothing; less where one is large on screen. */
const strokeStepPx = 0.5;
/** How far the pointer goes from a clicked point before it draws freehand, heights of a pixel and pixels on screen. */
const freehand = { imagePx: 2, screenPx: 4 };
/** The shortest ruler that is dragged; less is its first end clicked. */
const shortestRuler = { imagePx: 5, screenPx: 8 };

/** As the reader sees it, in heights of an image pixel. */
const distance = ({ spacing }: Seeing, a: Point, b: Point): number => {
  const { seen } = proportionOf(spacing);
  return plainDistance(seen(a), seen(b));
};

const extended = (stroke: readonly Point[], at: Point, seeing: Seeing): readonly Point[] => {
  const last = stroke[stroke.length - 1];
  return last && distance(seeing, last, at) < Math.min(strokeStepPx, seeing.screenPx)
    ? stroke
    : [...stroke, at];
};

/** A limit in image pixels that a magnified picture lowers to one on screen. */
const limitOf = (limit: { imagePx: number; screenPx: number }, { screenPx }: Seeing) =>
  Math.min(limit.imagePx, limit.screenPx * screenPx);

/** The contour that a gesture shows; null when it has none to show (yet). */
export function previewOf(gesture: Gesture, spacing: PixelSpacing): Trace | null {
  switch (gesture.state) {
    case 'dragging':
      return movedTrace(
        gesture.origin,
        gesture.grip,
        [gesture.at[0] - gesture.pressedAt[0], gesture.at[1] - gesture.pressedAt[1]],
        gesture.wholeWall,
        spacing,
      );
    case 'nudging':
      return movedTrace(gesture.origin, gesture.grip, gesture.by, false, spacing);
    case 'idle':
    case 'redrawing':
    case 'drawing':
    case 'drawing-ruler':
      return null;
  }
}

export const press = (grip: Grip, wholeWall: boolean, origin: Trace, at: Point): Gesture => ({
  state: 'dragging',
  grip,
  wholeWall,
  origin,
  pressedAt: at,
  at,
});

/** Pointer movement with (`pressed`) or without a button. */
export function moveTo(gesture: Gesture, at: Point, seeing: Seeing): Gesture {
  switch (gesture.state) {
    case 'dragging':
      return { ...gesture, at };
    case 'redrawing':
      return { ...gesture, stroke: extended(gesture.stroke, at, seeing) };
    case 'drawing':
      return gesture.pressed &&
        (gesture.ahead === null ||
          distance(seeing, gesture.stroke.at(-1) ?? at, at) > limitOf(freehand, seeing))
        ? { ...gesture, stroke: extended(gesture.stroke, at, seeing), ahead: null }
        : { ...gesture, ahead: at };
    case 'drawing-ruler':
      return gesture.pressed ? { ...gesture, to: at } : gesture;
    case 'idle':
    case 'nudging':
      return gesture;
  }
}

const draggedSteps = {
  point: 'edit.step.moved-point',
  hinge: 'edit.step.moved-hinge',
  apex: 'edit.step.moved-apex',
  wall: 'edit.step.moved-point',
} as const;

/**
 * The button is let go.
 *
 * @param click whether the pointer has not moved since the press, which then selects and changes nothing
 */
export function release(gesture: Gesture, seeing: Seeing, click = false): GestureStep {
  const { spacing } = seeing;
  switch (gesture.state) {
    case 'dragging': {
      if (click || distance(seeing, gesture.pressedAt, gesture.at) === 0)
        return { gesture: idle, outcome: null };
      const trace = previewOf(gesture, spacing);
      const step = gesture.wholeWall ? 'edit.step.pulled-wall' : draggedSteps[gesture.grip.part];
      return { gesture: idle, outcome: trace && { kind: 'trace', trace, step } };
    }
    case 'redrawing': {
      const trace = redrawnTrace(gesture.origin, gesture.stroke, spacing);
      return {
        gesture: idle,
        outcome: trace
          ? { kind: 'trace', trace, step: 'edit.step.redrew-part' }
          : { kind: 'refused', reason: message('edit.redraw-along') },
      };
    }
    case 'drawing':
      // A freehand stroke ends with the button; single clicks go on until Enter or a double-click.
      if (gesture.ahead === null && gesture.stroke.length > 8) return finish(gesture, spacing);
      return { gesture: { ...gesture, pressed: false, ahead: gesture.stroke.at(-1) ?? null }, outcome: null };
    case 'drawing-ruler':
      if (distance(seeing, gesture.from, gesture.to) < limitOf(shortestRuler, seeing))
        return { gesture: { ...gesture, pressed: false }, outcome: null };
      return { gesture: idle, outcome: { kind: 'ruler', from: gesture.from, to: gesture.to } };
    case 'idle':
    case 'nudging':
      return { gesture, outcome: null };
  }
}

/** The button goes down with the drawing tool: first hinge, further points, or the start of a freehand stroke. */
export function pressDrawing(
  gesture: Gesture,
  at: Point,
  seeing: Seeing,
  landmarks: Landmarks = 'hinges-and-apex',
): Gesture {
  const begun = gesture.state === 'drawing' ? gesture : { stroke: [], landmarks };
  return {
    state: 'drawing',
    landmarks: begun.landmarks,
    stroke: extended(begun.stroke, at, seeing),
    ahead: at,
    pressed: true,
  };
}

/** Down with the ruler: the first end, or the second one when the first was clicked. */
export const pressRuler = (gesture: Gesture, at: Point): Gesture =>
  gesture.state === 'drawing-ruler'
    ? { ...gesture, to: at, pressed: true }
    : { state: 'drawing-ruler', from: at, to: at, pressed: true };

/** Enter or a double-click: the contour ends at its last point, the second hinge. */
export function finish(gesture: Gesture, spacing: PixelSpacing): GestureStep {
  if (gesture.state !== 'drawing') return { gesture, outcome: null };
  const clicked = gesture.ahead !== null;
  const { landmarks, stroke } = gesture;
  const curve = landmarks === 'none' ? closedSplinePolyline : splinePolyline;
  const trace = drawnTrace(clicked ? curve(stroke, 8) : stroke, landmarks, spacing);
  return {
    gesture: idle,
    outcome: trace
      ? { kind: 'trace', trace, step: 'edit.step.drew-contour' }
      : {
          kind: 'refused',
          reason:
            landmarks === 'none' ? message('edit.goes-all-round') : message('edit.goes-from-hinge-to-hinge'),
        },
  };
}

/** One press of an arrow key on a selected point; presses add up until the key is let go. */
export function nudge(gesture: Gesture, grip: Grip, origin: Trace, by: Point): Gesture {
  if (gesture.state === 'nudging') {
    return { ...gesture, by: [gesture.by[0] + by[0], gesture.by[1] + by[1]] };
  }
  return gesture.state === 'idle' ? { state: 'nudging', grip, origin, by } : gesture;
}

export function endNudge(gesture: Gesture, spacing: PixelSpacing): GestureStep {
  if (gesture.state !== 'nudging') return { gesture, outcome: null };
  const trace = previewOf(gesture, spacing);
  return {
    gesture: idle,
    outcome: trace && { kind: 'trace', trace, step: nudgedSteps[gesture.grip.part] },
  };
}

const nudgedSteps = {
  point: 'edit.step.nudged-point',
  hinge: 'edit.step.nudged-hinge',
  apex: 'edit.step.nudged-apex',
  wall: 'edit.step.nudged-point',
} as const;

/** What a gesture is about just now: the control point that is dragged, the end of what is drawn; null for nothing. */
export function workedAt(gesture: Gesture, spacing: PixelSpacing): Point | null {
  switch (gesture.state) {
    case 'dragging':
      return previewOf(gesture, spacing)?.points[gesture.grip.index] ?? null;
    case 'redrawing':
      return gesture.stroke.at(-1) ?? null;
    case 'drawing':
      return gesture.pressed ? (gesture.ahead ?? gesture.stroke.at(-1) ?? null) : null;
    case 'drawing-ruler':
      return gesture.pressed ? gesture.to : null;
    case 'idle':
    case 'nudging':
      return null;
  }
}

/** The true length of a ruler line, as it is recorded. */
export const rulerOf = (from: Point, to: Point, distanceCm: number): RulerCalibration => ({
  from,
  to,
  distanceMm: distanceCm * 10,
});
