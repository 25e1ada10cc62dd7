import type { Point } from '../../core/geometry/point.ts';
import type { Mark } from '../../core/mark/mark.ts';

/** What of a mark is held: an end of a caliper, or all of a mark. */
export type MarkPart = 'from' | 'to' | 'whole';

/** What the pointer or the arrow keys are doing to the marks of one picture; dropping it leaves all as it was. */
export type MarkGesture =
  | { readonly state: 'idle' }
  | {
      readonly state: 'measuring';
      readonly frame: number;
      readonly from: Point;
      readonly to: Point;
      /** False between two clicks, each of which puts an end. */
      readonly pressed: boolean;
    }
  /** A note is put down where the button is let go. */
  | { readonly state: 'placing'; readonly frame: number; readonly at: Point }
  | {
      readonly state: 'moving';
      readonly id: string;
      readonly part: MarkPart;
      readonly origin: Mark;
      readonly by: Point;
      readonly pressedAt: Point;
    }
  | {
      readonly state: 'nudging';
      readonly id: string;
      readonly part: MarkPart;
      readonly origin: Mark;
      readonly by: Point;
    };

export const idle: MarkGesture = { state: 'idle' };

/** A mark of which a part was moved by so many image pixels. */
export function movedMark(mark: Mark, part: MarkPart, by: Point): Mark {
  const moved = ([x, y]: Point): Point => [x + by[0], y + by[1]];
  if (mark.kind === 'note') return { ...mark, at: moved(mark.at) };
  return {
    ...mark,
    from: part === 'to' ? mark.from : moved(mark.from),
    to: part === 'from' ? mark.to : moved(mark.to),
  };
}

/** The mark that a gesture shows, where it shows one that is recorded already. */
export const shownMark = (gesture: MarkGesture): Mark | null =>
  gesture.state === 'moving' || gesture.state === 'nudging'
    ? movedMark(gesture.origin, gesture.part, gesture.by)
    : null;

/** The place that is worked at just now, for the loupe; null where no end is under the pointer. */
export function workedMark(gesture: MarkGesture): Point | null {
  if (gesture.state === 'measuring') return gesture.pressed ? gesture.to : null;
  if (gesture.state !== 'moving') return null;
  const mark = movedMark(gesture.origin, gesture.part, gesture.by);
  if (mark.kind === 'note') return mark.at;
  return gesture.part === 'whole' ? null : mark[gesture.part];
}
