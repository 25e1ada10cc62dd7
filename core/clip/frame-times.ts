import type { FileOddity, TimingAttribute } from './oddity.ts';
import type { ClipTiming, TimingSource } from './timing.ts';

/** Tags that the Frame Increment Pointer (0028,0009) of a cine loop may name. */
const frameTimeTag = '00181063';
const frameTimeVectorTag = '00181065';

/** The attributes of an instance that say when its frames were taken or are to be shown. */
export interface TimingAttributes {
  /** Frames that the file holds. */
  readonly frames: number;
  /** Frames that it says it holds, where that is another number: a vector is as long as this then. */
  readonly statedFrames?: number | null;
  /** Attributes of timing that are there, whatever they hold; left out: those with a value. */
  readonly present?: readonly TimingAttribute[];
  /** Tags named by FrameIncrementPointer (0028,0009) as eight hexadecimal digits. */
  readonly frameIncrementPointer: readonly string[];
  /** FrameTime (0018,1063). */
  readonly frameTimeMs: number | null;
  /** FrameTimeVector (0018,1065): element i is the gap before frame i. */
  readonly frameTimeVectorMs: readonly number[] | null;
  /** ActualFrameDuration (0018,1242). */
  readonly actualFrameDurationMs: number | null;
  /** EffectiveDuration (0018,0072), seconds for the whole loop. */
  readonly effectiveDurationS: number | null;
  /** CineRate (0018,0040), frames per second. */
  readonly cineRate: number | null;
  /** RecommendedDisplayFrameRate (0008,2144), frames per second. */
  readonly recommendedDisplayFrameRate: number | null;
  /** PreferredPlaybackSequencing (0018,1244). */
  readonly preferredPlaybackSequencing: number | null;
}

/** Shown when nothing in the file says how long a frame lasts; always flagged as guessed. */
export const assumedFrameTimeMs = 1000 / 30;

/** A frame time outside of this range is a wrong unit or a placeholder, not a picture rate of echocardiography. */
const shortestFrameTimeMs = 0.5;
const longestFrameTimeMs = 10_000;

/**
 * The time table of a clip after DICOM PS3.3 C.7.6.5 (Cine Module).
 *
 * The attribute that FrameIncrementPointer names comes first, then FrameTime or FrameTimeVector, whichever is
 * valid, ActualFrameDuration, EffectiveDuration / frames, CineRate, RecommendedDisplayFrameRate, and 30 frames/s
 * as a last resort. A vector is valid when it has one element per frame and every gap is plausible; its first
 * element is ignored, because each element is the gap before its frame (the standard wants 0 there, scanners
 * write a frame time). FrameDelay shifts every frame alike and is dropped: times count from the first frame.
 * StartTrim and StopTrim are ignored as well: they are display hints, and measuring needs every frame.
 *
 * A vector that holds the time of each frame instead of the gap before it is recognised by its steady rise.
 *
 * Only FrameTime, FrameTimeVector and ActualFrameDuration are statements about acquisition; everything else is
 * `guessed` and must not reach heart rate or cardiac output. Nor must times that another attribute of the file
 * contradicts ({@link timingOddities}): nobody can tell which of the two is right.
 */
export function frameTimes(attributes: TimingAttributes): ClipTiming {
  const timing = preferredTimes(attributes);
  return timing.guessed || contradictions(attributes, timing).length === 0
    ? timing
    : { ...timing, guessed: true };
}

/** What is wrong with the timing of a file and what contradicts the times that were taken from it. */
export function timingOddities(attributes: TimingAttributes, timing: ClipTiming): FileOddity[] {
  if (attributes.frames <= 1) return [];
  const oddities: FileOddity[] = [];
  const present = attributes.present ?? [];
  if (present.includes('Frame Time Vector') && validVector(attributes) === null) {
    oddities.push({ kind: 'frame-times-unusable', attribute: 'Frame Time Vector' });
  }
  if (
    present.includes('Frame Time') &&
    plausible(attributes.frameTimeMs) === null &&
    !fromVectorOnly(attributes)
  ) {
    oddities.push({ kind: 'frame-times-unusable', attribute: 'Frame Time' });
  }
  if (timing.source === 'frame-time-vector' && isCumulative(attributes.frameTimeVectorMs ?? [])) {
    oddities.push({ kind: 'frame-times-cumulative' });
  }
  return [...oddities, ...contradictions(attributes, timing)];
}

/** Scanners that write a vector leave Frame Time empty or zero; nothing is missing then. */
function fromVectorOnly(attributes: TimingAttributes): boolean {
  return validVector(attributes) !== null;
}

/** Rates that differ by more than rounding to whole frames a second explains. */
const rateTolerance = 0.1;
const rateRoundingPerSecond = 1;

function contradictions(attributes: TimingAttributes, timing: ClipTiming): FileOddity[] {
  const acquired: readonly TimingSource[] = ['frame-time', 'frame-time-vector', 'actual-frame-duration'];
  if (!acquired.includes(timing.source)) return [];
  const { frames } = attributes;
  const meanMs = (timing.frameTimesMs.at(-1) ?? 0) / (frames - 1);
  const framesPerSecond = 1000 / meanMs;
  const vector = timing.source === 'frame-time-vector' ? null : validVector(attributes);
  const others: readonly [TimingAttribute, number | null][] = [
    ['Frame Time Vector', vector === null ? null : 1000 / mean(vector)],
    ['Frame Time', timing.source === 'frame-time' ? null : perTime(plausible(attributes.frameTimeMs))],
    ['Effective Duration', perTime(plausible(perFrame(attributes.effectiveDurationS, frames)))],
    ['Cine Rate', attributes.cineRate],
    ['Recommended Display Frame Rate', attributes.recommendedDisplayFrameRate],
  ];
  return others.flatMap(([attribute, other]): FileOddity[] => {
    // Zero stands for "not stated"; a duration may leave out the last frame.
    if (other === null || !Number.isFinite(other) || other <= 0) return [];
    const leftOut = attribute === 'Effective Duration' ? other / (frames - 1) : 0;
    const difference = Math.abs(other - framesPerSecond);
    const tolerated =
      Math.max(rateRoundingPerSecond, rateTolerance * Math.min(framesPerSecond, other)) + leftOut;
    return difference > tolerated
      ? [{ kind: 'frame-rate-differs', framesPerSecond, attribute, otherFramesPerSecond: other }]
      : [];
  });
}

function perTime(frameTimeMs: number | null): number | null {
  return frameTimeMs === null ? null : 1000 / frameTimeMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function preferredTimes(attributes: TimingAttributes): ClipTiming {
  const playback = attributes.preferredPlaybackSequencing === 1 ? 'sweep' : 'loop';
  if (attributes.frames <= 1) {
    return { source: 'still', guessed: false, frameTimesMs: [0], durationMs: 0, playback };
  }
  const vector = validVector(attributes);
  const frameTime = plausible(attributes.frameTimeMs);
  const fromVector = () => (vector === null ? null : timingFromGaps(vector, playback));
  const fromFrameTime = () =>
    frameTime === null ? null : evenTiming('frame-time', false, attributes.frames, frameTime, playback);
  const vectorFirst =
    attributes.frameIncrementPointer.includes(frameTimeVectorTag) ||
    !attributes.frameIncrementPointer.includes(frameTimeTag);
  const pointed = vectorFirst ? (fromVector() ?? fromFrameTime()) : (fromFrameTime() ?? fromVector());
  if (pointed !== null) return pointed;

  const others: readonly [TimingSource, boolean, number | null][] = [
    ['actual-frame-duration', false, plausible(attributes.actualFrameDurationMs)],
    ['effective-duration', true, plausible(perFrame(attributes.effectiveDurationS, attributes.frames))],
    ['cine-rate', true, plausible(perRate(attributes.cineRate))],
    ['recommended-display-rate', true, plausible(perRate(attributes.recommendedDisplayFrameRate))],
  ];
  for (const [source, guessed, frameTimeMs] of others) {
    if (frameTimeMs !== null) return evenTiming(source, guessed, attributes.frames, frameTimeMs, playback);
  }
  return evenTiming('assumed', true, attributes.frames, assumedFrameTimeMs, playback);
}

function plausible(frameTimeMs: number | null): number | null {
  if (frameTimeMs === null || !Number.isFinite(frameTimeMs)) return null;
  return frameTimeMs >= shortestFrameTimeMs && frameTimeMs <= longestFrameTimeMs ? frameTimeMs : null;
}

function perRate(framesPerSecond: number | null): number | null {
  return framesPerSecond === null || framesPerSecond <= 0 ? null : 1000 / framesPerSecond;
}

function perFrame(seconds: number | null, frames: number): number | null {
  return seconds === null ? null : (seconds * 1000) / frames;
}

/**
 * Gaps before frames 1…n−1, or null when the vector cannot be the time table of this clip. A vector as long as the
 * stated number of frames serves for the frames that there are.
 */
function validVector({
  frames,
  statedFrames,
  frameTimeVectorMs,
}: TimingAttributes): readonly number[] | null {
  if (frameTimeVectorMs === null || frameTimeVectorMs.length < 2) return null;
  const { length } = frameTimeVectorMs;
  if (length !== frames && length !== statedFrames) return null;
  const gaps = isCumulative(frameTimeVectorMs)
    ? frameTimeVectorMs.slice(1).map((time, index) => time - frameTimeVectorMs[index]!)
    : frameTimeVectorMs.slice(1);
  if (!gaps.every((gap) => plausible(gap) !== null)) return null;
  const missing = Math.max(0, frames - length);
  return [...gaps.slice(0, frames - 1), ...Array.from({ length: missing }, () => median(gaps))];
}

/** Fewer values rise by chance. */
const leastCumulative = 4;

/** Times from the first frame: they rise at every step, by steps that are alike, to many times the first one. */
function isCumulative(vector: readonly number[]): boolean {
  if (vector.length < leastCumulative) return false;
  const steps = vector.slice(1).map((time, index) => time - vector[index]!);
  if (!steps.every((step) => plausible(step) !== null)) return false;
  const usual = median(steps);
  const [first] = vector;
  return first! >= 0 && first! <= usual * 2 && vector.at(-1)! >= usual * (vector.length - 1) * 0.5;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? assumedFrameTimeMs;
}

function evenTiming(
  source: TimingSource,
  guessed: boolean,
  frames: number,
  frameTimeMs: number,
  playback: ClipTiming['playback'],
): ClipTiming {
  return {
    source,
    guessed,
    frameTimesMs: Array.from({ length: frames }, (_, frame) => frame * frameTimeMs),
    durationMs: frames * frameTimeMs,
    playback,
  };
}

/** Nothing says how long the last frame of a vector is shown; the median gap stands in for it. */
function timingFromGaps(gaps: readonly number[], playback: ClipTiming['playback']): ClipTiming {
  const frameTimesMs = [0];
  let elapsedMs = 0;
  for (const gap of gaps) {
    elapsedMs += gap;
    frameTimesMs.push(elapsedMs);
  }
  return {
    source: 'frame-time-vector',
    guessed: false,
    frameTimesMs,
    durationMs: elapsedMs + median(gaps),
    playback,
  };
}
