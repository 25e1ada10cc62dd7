import type { Beat } from '../../core/beat/beat.ts';
import { frameAt } from '../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';

/*
 * Loops in step, ED to ED. All of them read one play time, cut into beats of one length. `stretched`: every beat is
 * brought to that length, its systole to one common systole, so that ED and ES come together in all loops whatever the
 * heart rate; systole shortens less than diastole when the heart is faster, which is why the two are stretched apart.
 * `time`: every beat runs by its own time from its ED, at true speed, and waits at its end for the longest. The picture
 * is still the one that the file's own frame times have at the moment that this leads to.
 */
export const stepModes = ['stretched', 'time', 'off'] as const;
export type StepMode = (typeof stepModes)[number];

/** A beat in the time of its file, ms. */
export interface BeatTimes {
  readonly edMs: number;
  readonly esMs: number;
  /** The next ED; of a beat that the clip cuts off where it would be, which may lie behind the last frame. */
  readonly endMs: number;
}

export interface ClipBeats {
  readonly sopInstanceUid: string;
  readonly timing: ClipTiming;
  readonly beats: readonly BeatTimes[];
}

/** What clips on screen have in common; only of two or more that have beats. */
export interface Step {
  readonly mode: Exclude<StepMode, 'off'>;
  /** Length of the common beat and of its systole, ms. */
  readonly beatMs: number;
  readonly systoleMs: number;
  readonly clips: ReadonlyMap<string, ClipBeats>;
}

/** A moment of a clip's beat. */
export interface StepPlace {
  readonly beat: number;
  /** Time since its ED in the common beat, ms. */
  readonly withinMs: number;
}

/** Keeps a moment that is worked out from falling before the frame that begins at it, ms. */
const rounding = 1e-3;

/**
 * Beats of a clip that loops can go through in step: whole ones. Of a clip without any the last one that is cut off,
 * as long as a beat of the heart rate that the file states, else to the clip's end: scanners often keep one beat, from
 * one R wave to the next, and the picture of the next ED is not in it.
 */
export function beatTimes(
  timing: ClipTiming,
  beats: readonly Beat[],
  heartRateBpm: number | null,
): readonly BeatTimes[] {
  const at = (frame: number): number => timing.frameTimesMs[frame] ?? timing.durationMs;
  const usable = (beat: BeatTimes): boolean => beat.esMs > beat.edMs && beat.endMs > beat.esMs;
  const whole = beats
    .flatMap(({ edFrame, esFrame, nextEdFrame }) =>
      nextEdFrame === null ? [] : [{ edMs: at(edFrame), esMs: at(esFrame), endMs: at(nextEdFrame) }],
    )
    .filter(usable);
  if (whole.length > 0) return whole;
  return beats
    .filter(({ nextEdFrame }) => nextEdFrame === null)
    .slice(-1)
    .map(({ edFrame, esFrame }) => {
      const [edMs, esMs] = [at(edFrame), at(esFrame)];
      const statedMs = heartRateBpm !== null && heartRateBpm > 0 ? edMs + 60_000 / heartRateBpm : 0;
      return { edMs, esMs, endMs: statedMs > esMs ? statedMs : timing.durationMs };
    })
    .filter(usable);
}

/** What clips have in common; null where they are not in step, or fewer than two could be. */
export function stepOf(mode: StepMode, clips: readonly ClipBeats[]): Step | null {
  const beating = clips.filter(({ beats, timing }) => beats.length > 0 && timing.frameTimesMs.length > 1);
  if (mode === 'off' || beating.length < 2) return null;
  const length = ({ edMs, endMs }: BeatTimes): number => endMs - edMs;
  const ofClips = new Map(beating.map((clip) => [clip.sopInstanceUid, clip]));
  const all = beating.flatMap(({ beats }) => beats);
  if (mode === 'time') {
    return { mode, beatMs: Math.max(...all.map(length)), systoleMs: 0, clips: ofClips };
  }
  // Every clip counts once, however many beats it has.
  const mean = (of: (beat: BeatTimes) => number): number =>
    average(beating.map(({ beats }) => average(beats.map(of))));
  return { mode, beatMs: mean(length), systoleMs: mean(({ edMs, esMs }) => esMs - edMs), clips: ofClips };
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The moment of a clip's file that a moment of the common beat shows, ms. */
export function fileMsAt(step: Step, clip: ClipBeats, { beat, withinMs }: StepPlace): number {
  const times = clip.beats[beat];
  if (!times) return 0;
  const { edMs, esMs, endMs } = times;
  const share =
    withinMs < step.systoleMs
      ? edMs + (withinMs / step.systoleMs) * (esMs - edMs)
      : esMs + ((withinMs - step.systoleMs) / (step.beatMs - step.systoleMs)) * (endMs - esMs);
  const fileMs = (step.mode === 'time' ? edMs + withinMs : share) + rounding;
  // At its end a beat waits on its last picture; the next one is the next beat's.
  return Math.min(fileMs, Math.max(edMs, Math.min(endMs, clip.timing.durationMs) - 2 * rounding));
}

export function frameInStep(step: Step, clip: ClipBeats, place: StepPlace): number {
  return frameAt(clip.timing, fileMsAt(step, clip, place), 'loop');
}

/** The moment of the common beat that a moment of a file is; null outside of the clip's beats. */
export function placeInStep(step: Step, clip: ClipBeats, fileMs: number): StepPlace | null {
  const beat = clip.beats.findIndex(({ edMs, endMs }) => fileMs >= edMs && fileMs < endMs);
  const times = clip.beats[beat];
  if (!times) {
    // The ED that ends the last beat is the beginning of one.
    return clip.beats.some(({ endMs }) => endMs === fileMs) ? { beat: 0, withinMs: 0 } : null;
  }
  const { edMs, esMs, endMs } = times;
  if (step.mode === 'time') return { beat, withinMs: fileMs - edMs };
  const withinMs =
    fileMs < esMs
      ? ((fileMs - edMs) / (esMs - edMs)) * step.systoleMs
      : step.systoleMs + ((fileMs - esMs) / (endMs - esMs)) * (step.beatMs - step.systoleMs);
  return { beat, withinMs };
}

/** How fast a clip's beats run on the mean, 1 being true speed. */
export function paceOf(step: Step, clip: ClipBeats): number {
  if (step.mode === 'time') return 1;
  return average(clip.beats.map(({ edMs, endMs }) => endMs - edMs)) / step.beatMs;
}

/** True where beats are not shown in the time that they took. */
export const isStretched = (pace: number): boolean => Math.abs(pace - 1) >= 0.005;
