import type { ClipFacts } from '../clip/clip.ts';
import type { DistanceName } from '../mark/distance-name.ts';
import { sortedMarks } from '../mark/mark.ts';
import { quantitiesIn } from '../quantity/quantities.ts';
import { caliperLength } from '../review/caliper-length.ts';
import type { ClipReview } from '../review/review.ts';
import { mean } from './mean.ts';
import type { FrameReference, Measurement } from './measurement.ts';

/** A distance that a reader named by the list, with its length. */
export interface NamedDistance {
  readonly name: DistanceName;
  readonly lengthMm: number;
  readonly source: FrameReference;
}

/** The named distances of a clip; one that nothing gives a length is none. */
export function namedDistances(
  facts: ClipFacts,
  review: Pick<ClipReview, 'ruler' | 'picture' | 'marks'>,
): NamedDistance[] {
  return sortedMarks(review.marks).flatMap(([, mark]) => {
    if (mark.kind !== 'caliper' || mark.name === undefined || mark.frame >= facts.frames) return [];
    const { lengthMm } = caliperLength(facts, review, mark);
    if (lengthMm === null) return [];
    const source = { sopInstanceUid: facts.sopInstanceUid, frame: mark.frame };
    return [{ name: mark.name, lengthMm, source }];
  });
}

/**
 * One number for each name: the mean where something was measured several times, as over beats. They have no view of their
 * own: which one a diameter is taken in its name says.
 */
export function distanceMeasurements(distances: readonly NamedDistance[]): Measurement[] {
  const byName = Map.groupBy(distances, ({ name }): string => name);
  return quantitiesIn('distance').flatMap(({ name }): Measurement[] => {
    const own = byName.get(name);
    if (own === undefined) return [];
    return [
      numberOf(
        name,
        mean(own, ({ lengthMm }) => lengthMm),
        own,
      ),
    ];
  });
}

/** Each distance as a number, for how far those of one name lie apart. */
export const singleDistances = (distances: readonly NamedDistance[]): Measurement[] =>
  distances.map((one) => numberOf(one.name, one.lengthMm, [one]));

const numberOf = (name: Measurement['name'], value: number, of: readonly NamedDistance[]): Measurement => ({
  ...{ name, value, method: 'caliper', unit: 'mm', view: null, beat: null },
  sources: of.map(({ source }) => source),
});
