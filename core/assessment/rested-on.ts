import type { RestedOn } from '../finding/weight.ts';
import type { StudyMeasurements } from './measure-study.ts';

/** The clips and beats that a study's EF rests on; of a biplane the beats that it paired. */
export function restedOn({
  used,
  clips,
  pair,
  beatPairs,
}: Pick<StudyMeasurements, 'used' | 'clips' | 'pair' | 'beatPairs'>): RestedOn {
  const counts = (uid: string, index: number): boolean =>
    pair === null ||
    (uid !== pair.a4c && uid !== pair.a2c) ||
    beatPairs.some(({ a4c, a2c }) => (uid === pair.a4c ? a4c : a2c) === index);
  const beats = used.map((uid) => {
    const included = (clips[uid]?.includedBeats ?? []).filter(({ index }) => counts(uid, index));
    return [uid, included.map(({ beat }) => beat)] as const;
  });
  return { used, beats: Object.fromEntries(beats) };
}
