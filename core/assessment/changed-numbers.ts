import { changedNumberName } from '../measurement/changed-number.ts';
import type { ChangedNumber, ClipFacts } from '../clip/clip.ts';
import type { StudyMeasurements } from './measure-study.ts';
import type { Measurement } from '../measurement/measurement.ts';

/** Smaller differences are not seen at one decimal. */
const leastDifference = 0.05;

/** The study's and the clips' mean numbers that differ between two measurings of one study, the study's first. */
export function changedNumbers(
  before: StudyMeasurements,
  after: StudyMeasurements,
  clips: readonly Pick<ClipFacts, 'sopInstanceUid' | 'fileName'>[],
): ChangedNumber[] {
  const ofClips = clips.flatMap(({ sopInstanceUid, fileName }) =>
    differing(
      before.clips[sopInstanceUid]?.measurements ?? [],
      after.clips[sopInstanceUid]?.measurements ?? [],
      fileName,
    ),
  );
  return [...differing(before.measurements, after.measurements, null), ...ofClips];
}

/** Two changes one after the other as one, of numbers that nobody has seen in between. */
export function changesTogether(
  earlier: readonly ChangedNumber[],
  later: readonly ChangedNumber[],
): ChangedNumber[] {
  const key = ({ what, unit }: ChangedNumber): string => `${what}/${unit}`;
  const together = new Map(earlier.map((change) => [key(change), change]));
  for (const change of later) {
    const first = together.get(key(change));
    together.set(key(change), first === undefined ? change : { ...change, before: first.before });
  }
  return [...together.values()].filter(({ before, after }) =>
    before === null || after === null ? before !== after : Math.abs(before - after) >= leastDifference,
  );
}

function differing(
  before: readonly Measurement[],
  after: readonly Measurement[],
  fileName: string | null,
): ChangedNumber[] {
  // The method of a study's number may change with what the files say; it is the same number all the same.
  const key = ({ name, method, unit }: Measurement): string =>
    fileName === null ? `${name}/${unit}` : `${name}/${method}/${unit}`;
  const means = (list: readonly Measurement[]): Map<string, Measurement> =>
    new Map(list.filter(({ beat }) => beat === null).map((measurement) => [key(measurement), measurement]));
  const old = means(before);
  const now = means(after);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name): ChangedNumber[] => {
    const was = old.get(name) ?? null;
    const is = now.get(name) ?? null;
    const shown = was ?? is;
    if (shown === null) return [];
    if (was !== null && is !== null && Math.abs(was.value - is.value) < leastDifference) return [];
    return [
      {
        what: changedNumberName(shown.name, shown.method, fileName),
        unit: shown.unit,
        before: was?.value ?? null,
        after: is?.value ?? null,
      },
    ];
  });
}
