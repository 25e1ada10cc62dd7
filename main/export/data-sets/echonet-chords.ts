import type { PixelSpacing, Point } from '../../../core/geometry/point.ts';
import { distance } from '../../../core/geometry/polygon.ts';
import { landmarks, traceDisks } from '../../../core/trace/trace-measures.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { inMillimetres, type LongAxis, longAxis } from '../../../core/volume/long-axis.ts';

export type Chord = readonly [from: Point, to: Point];

const diskCount = 20;

/**
 * A contour as EchoNet-Dynamic has it, in image pixels: its long axis from the base to the apex, then the 20 disks of the
 * method of disks as chords from wall to wall through their centres, base first.
 *
 * Readers of it fill the polygon through the ends of the chords. For that polygon to hold what lies below the centre of
 * the first disk, which is much where the base is tilted, an end of the first chord is the hinge of its side where that
 * lies lower. Where the wall folds over a chord goes from the outermost wall to the other; a disk that the contour does
 * not reach has none.
 */
export function echonetChords(trace: LandmarkedTrace, spacing: PixelSpacing): readonly Chord[] {
  const marks = landmarks(trace);
  const axis = longAxis(marks.first, marks.second, marks.apex);
  const [lowest, ...others] = traceDisks(trace, spacing).flatMap((chords): Chord[] => {
    const [from, to] = [chords[0]?.[0], chords.at(-1)?.[1]];
    return from === undefined || to === undefined ? [] : [[from, to]];
  });
  const long: Chord = [axis.base, marks.apex];
  return lowest === undefined ? [long] : [long, withHinges(lowest, marks, spacing), ...others];
}

function withHinges(
  chord: Chord,
  { first, second, apex }: ReturnType<typeof landmarks>,
  spacing: PixelSpacing,
): Chord {
  const straight = distance(chord[0], first) + distance(chord[1], second);
  const crossed = distance(chord[0], second) + distance(chord[1], first);
  const hinges = straight <= crossed ? [first, second] : [second, first];
  const [firstMm, secondMm, apexMm] = inMillimetres([first, second, apex], spacing) as [Point, Point, Point];
  const axis = longAxis(firstMm, secondMm, apexMm);
  const end = (at: 0 | 1): Point => {
    const [hinge] = inMillimetres([hinges[at]!], spacing);
    return levelOf(hinge!, axis) < 0.5 / diskCount ? hinges[at]! : chord[at];
  };
  return [end(0), end(1)];
}

/** How far along the axis a point lies: 0 at the base, 1 at the apex. */
function levelOf([x, y]: Point, { base, apex, length }: LongAxis): number {
  return ((x - base[0]) * (apex[0] - base[0]) + (y - base[1]) * (apex[1] - base[1])) / length ** 2;
}
