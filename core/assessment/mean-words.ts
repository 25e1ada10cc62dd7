import { decimalText } from '../wording/number-text.ts';
import type { StudyMeasurements } from './measure-study.ts';

/** Of more pairs the first stand by name; the beat table has all of them. */
const mostNamedPairs = 8;

/**
 * What the study's EF is a mean of, its range and what the reader left out: "mean of 3 of 5 beats, 52–58 %, 2 excluded";
 * for biplane the beats that it paired, A4C first: "mean of 2 pairs of beats (1+1, 3+2), 52–58 %".
 */
export function meanWords({
  spread,
  beatPairs,
  clips,
  used,
}: Pick<StudyMeasurements, 'spread' | 'beatPairs' | 'clips' | 'used'>): string {
  const ejection = spread.find(({ name }) => name === 'EF');
  if (ejection === undefined) return '';
  const { count, least, greatest } = ejection;
  const [low, high] = [decimalText(least, 0), decimalText(greatest, 0)];
  const left = used.flatMap((uid) => clips[uid]?.beatTable ?? []).filter((row) => row.exclusionMark !== null);
  const excluded = left.length === 0 ? '' : `, ${left.length} excluded`;
  const range = count === 1 ? '' : low === high ? `, each ${low} %` : `, ${low}–${high} %`;
  if (beatPairs.length > 0) {
    const named = beatPairs.slice(0, mostNamedPairs).map(({ a4c, a2c }) => `${a4c + 1}+${a2c + 1}`);
    const more = beatPairs.length - named.length;
    const pairs = `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    const of = count === 1 ? 'one pair of beats' : `mean of ${count} pairs of beats`;
    return `${of} (A4C+A2C ${pairs})${range}${excluded}`;
  }
  const all = clips[used[0] ?? '']?.beatTable.length ?? count;
  if (count === 1) return all === 1 ? 'of the only beat' : `of one of ${all} beats${excluded}`;
  return `mean of ${count === all ? `${count} beats` : `${count} of ${all} beats`}${range}${excluded}`;
}
