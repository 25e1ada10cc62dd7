import { message } from '../../core/language/message.ts';
import { say } from '../words/language.svelte.ts';
import type { Body } from '../../core/body/body.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { stageName } from '../../core/clip/stage.ts';
import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';

/** The heart rate of the study's numbers, and where it comes from. */
export interface ShownHeartRate {
  readonly bpm: number | null;
  /** One or two words; empty where there is no rate. */
  readonly origin: string;
  /** The same with the clips that state it. */
  readonly detail: string;
}

const none: ShownHeartRate = { bpm: null, origin: '', detail: '' };

/**
 * What the reader entered, else the rate that the study's numbers are reckoned with, else one that all files agree on:
 * while there are no numbers, the rate of one clip or stage of several would be anybody's.
 */
export function shownHeartRate(
  { heartRateBpm }: Body,
  clips: readonly ClipFacts[],
  {
    measurements,
    used,
    stages,
    stage,
  }: Pick<StudyMeasurements, 'measurements' | 'used' | 'stages' | 'stage'>,
): ShownHeartRate {
  if (heartRateBpm?.source === 'user') {
    return { bpm: heartRateBpm.value, origin: say('body.entered'), detail: say('body.entered-by-reader') };
  }
  const stating = clips.filter((clip) => clip.heartRateBpm !== null);
  const rate = measurements.find(({ name }) => name === 'HR');
  if (rate?.method === 'frame-times') {
    return { bpm: rate.value, origin: say('method.frame-times'), detail: say('body.rate-from-frame-times') };
  }
  const differ = new Set(stating.map((clip) => clip.heartRateBpm)).size > 1;
  if (rate !== undefined && used.length > 0) {
    const ofUsed = stating.filter(({ sopInstanceUid }) => used.includes(sopInstanceUid));
    const from =
      ofUsed.length > 0 ? ofUsed : stating.filter((clip) => clip.heartRateBpm === heartRateBpm?.value);
    if (!differ || from.length === 0)
      return { bpm: rate.value, origin: say('body.from-file'), detail: say('body.stated-in-file') };
    const detail = say('body.stated-in', {
      clips: from.map((clip) =>
        message('body.clip-with-rate', { clip: nameOf(clip), bpm: clip.heartRateBpm ?? 0 }),
      ),
    });
    const origin = stages.length > 0 && stage !== null ? say(stageName(stage)) : from.map(nameOf).join(', ');
    return { bpm: rate.value, origin, detail };
  }
  if (differ) {
    const rates = stating.map((clip) => clip.heartRateBpm ?? 0);
    const range = { least: Math.min(...rates), greatest: Math.max(...rates) };
    return { ...none, origin: say('body.rate-by-clip', range), detail: say('body.rate-not-known') };
  }
  return heartRateBpm === null
    ? none
    : { bpm: heartRateBpm.value, origin: say('body.from-file'), detail: say('body.stated-in-file') };
}

const nameOf = ({ instanceNumber, fileName }: ClipFacts): string =>
  instanceNumber === null ? fileName : say('clip.numbered-within', { number: instanceNumber });
