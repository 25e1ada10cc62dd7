import type { ClipTiming, TimingSource } from './timing.ts';

/** Tags that the Frame Increment Pointer (0028,0009) of a cine loop may name. */
export const frameTimeTag = '00181063';
export const frameTimeVectorTag = '00181065';

/** The attributes of an instance that say when its frames were taken or are to be shown. */
export interface TimingAttributes {
  readonly frames: number;
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
 * Only FrameTime, FrameTimeVector and ActualFrameDuration are statements about acquisition; everything else is
 * `guessed` and must not reach heart rate or cardiac output.
 */
export function frameTimes(attributes: TimingAttributes): ClipTiming {
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

/** Gaps before frames 1…n−1, or null when the vector cannot be the time table of this clip. */
function validVector({ frames, frameTimeVectorMs }: TimingAttributes): readonly number[] | null {
  if (frameTimeVectorMs === null || frameTimeVectorMs.length !== frames) return null;
  const gaps = frameTimeVectorMs.slice(1);
  return gaps.every((gap) => plausible(gap) !== null) ? gaps : null;
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
  const sorted = gaps.toSorted((a, b) => a - b);
  const medianMs = sorted[Math.floor(sorted.length / 2)] ?? assumedFrameTimeMs;
  return {
    source: 'frame-time-vector',
    guessed: false,
    frameTimesMs,
    durationMs: elapsedMs + medianMs,
    playback,
  };
}
