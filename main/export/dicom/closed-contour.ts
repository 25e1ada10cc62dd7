import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { Trace } from '../../../core/trace/trace.ts';

/**
 * The curve that is measured as a closed polyline of DICOM: x and y in turn, the first point again at the end, base line
 * included. Coordinates count from the corner of the first pixel, whose middle is our 0, stay within the image (PS3.3
 * section C.18.6.1.1), and have the precision of FL.
 */
export function closedContour(
  { rows, columns }: Pick<ClipFacts, 'rows' | 'columns'>,
  trace: Trace,
): number[] {
  const curve = tracePolyline(trace);
  const [first] = curve;
  // A closed curve ends where it began; one from hinge to hinge is closed by its base line.
  const closed = first === undefined || trace.apexIndex === null ? curve : [...curve, first];
  return closed.flatMap((point) => placeInImage({ rows, columns }, point));
}

/** A place of ours in the coordinates of DICOM, within the image. */
export const placeInImage = (
  { rows, columns }: Pick<ClipFacts, 'rows' | 'columns'>,
  [x, y]: Point,
): [number, number] => [within(x, columns), within(y, rows)];

const within = (coordinate: number, pixels: number): number =>
  Math.fround(Math.min(pixels, Math.max(0, coordinate + 0.5)));
