import type { Point } from '../geometry/point.ts';
import type { DistanceName } from './distance-name.ts';

/** A distance between two points of a frame; how long it is follows from the clip's scale. */
export interface Caliper {
  readonly kind: 'caliper';
  readonly frame: number;
  readonly from: Point;
  readonly to: Point;
  /** What it is of; left out where nobody has said so, or in words of their own. */
  readonly name?: DistanceName;
  /** What it is of in the reader's words, where no name fits. */
  readonly words?: string;
}

/** What a reader says that a distance is of: a name of the list, words of their own, or nothing any more. */
export type DistanceNaming = Pick<Caliper, 'name'> | Pick<Caliper, 'words'>;

/** A distance that is called otherwise, and is where it was. */
export function renamed({ kind, frame, from, to }: Caliper, naming: DistanceNaming): Caliper {
  return { kind, frame, from, to, ...naming };
}

/** A reader's words at a place of a frame. */
export interface Note {
  readonly kind: 'note';
  readonly frame: number;
  readonly at: Point;
  readonly text: string;
}

/** What a reader puts on a frame that is no contour: nothing that is measured in contours rests on it. */
export type Mark = Caliper | Note;

/** Marks of one clip by their ids, which are told apart within it and mean nothing. */
export type Marks = Readonly<Record<string, Mark>>;

/** A mark with its id. */
export type PlacedMark = readonly [id: string, mark: Mark];

/** In the order of frames, calipers before notes, from top to bottom: the order in which lists have them. */
export function sortedMarks(marks: Marks): PlacedMark[] {
  return Object.entries(marks).sort(
    ([idA, a], [idB, b]) =>
      a.frame - b.frame ||
      Number(a.kind === 'note') - Number(b.kind === 'note') ||
      heightOf(a) - heightOf(b) ||
      (idA < idB ? -1 : 1),
  );
}

/** Marks of one frame, in the order of {@link sortedMarks}. */
export const marksOn = (marks: Marks, frame: number): PlacedMark[] =>
  sortedMarks(marks).filter(([, mark]) => mark.frame === frame);

const heightOf = (mark: Mark): number =>
  mark.kind === 'note' ? mark.at[1] : Math.min(mark.from[1], mark.to[1]);
