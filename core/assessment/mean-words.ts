import { message, type Message } from '../language/message.ts';
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
}: Pick<StudyMeasurements, 'spread' | 'beatPairs' | 'clips' | 'used'>): Message | null {
  const ejection = spread.find(({ name }) => name === 'EF');
  if (ejection === undefined) return null;
  const { count, least, greatest } = ejection;
  const excluded = used
    .flatMap((uid) => clips[uid]?.beatTable ?? [])
    .filter((row) => row.exclusionMark !== null).length;
  const single = Math.round(least) === Math.round(greatest) ? 'same' : 'other';
  const values = { count, range: count === 1 ? 'none' : single, least, greatest, excluded } as const;
  if (beatPairs.length > 0) {
    const named = beatPairs.slice(0, mostNamedPairs).map(({ a4c, a2c }) => `${a4c + 1}+${a2c + 1}`);
    return message('mean.of-pairs', {
      ...values,
      pairs: named.join(', '),
      more: beatPairs.length - named.length,
    });
  }
  const total = clips[used[0] ?? '']?.beatTable.length ?? count;
  if (count > 1) {
    return count === total
      ? message('mean.of-all-beats', values)
      : message('mean.of-some-beats', { ...values, total });
  }
  return total === 1 ? message('mean.of-only-beat') : message('mean.of-one-beat', { total, excluded });
}
