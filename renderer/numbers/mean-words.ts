import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';
import { decimalText } from '../../core/wording/number-text.ts';

/**
 * What the study's EF is a mean of, and its range: "mean of 3 of 5 beats, 52–58 %"; for biplane the beats that it paired,
 * A4C first: "mean of 2 pairs of beats (1+1, 3+2), 52–58 %".
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
  const range = count === 1 ? '' : low === high ? `, each ${low} %` : `, ${low}–${high} %`;
  if (beatPairs.length > 0) {
    const pairs = beatPairs.map(({ a4c, a2c }) => `${a4c + 1}+${a2c + 1}`).join(', ');
    const of = count === 1 ? 'one pair of beats' : `mean of ${count} pairs of beats`;
    return `${of} (A4C+A2C ${pairs})${range}`;
  }
  const all = clips[used[0] ?? '']?.beatTable.length ?? count;
  if (count === 1) return all === 1 ? 'of the only beat' : `of one of ${all} beats`;
  return `mean of ${count === all ? `${count} beats` : `${count} of ${all} beats`}${range}`;
}
