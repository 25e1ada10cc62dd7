import type { Page } from '@playwright/test';
import { frameAt } from '../../core/clip/frame-at.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';
import { frameInStep, type Step } from '../../renderer/playback/in-step.ts';

/** What one animation frame showed. */
export interface PlaybackSample {
  /** performance.now of the animation frame, ms. */
  readonly atMs: number;
  /** Play time that the picture was chosen for, ms. */
  readonly playMs: number;
  readonly frame: number;
  readonly dropped: number;
}

/**
 * Reads at every animation frame which picture is on screen, and blocks the page once on the way.
 *
 * @param stallMs how long the page's only thread is kept busy in the middle of the time; 0 for not at all
 */
export async function samplePlayback(
  page: Page,
  clip: string,
  seconds: number,
  stallMs: number,
): Promise<PlaybackSample[]> {
  return page.evaluate(
    ({ clip, seconds, stallMs }) =>
      new Promise<PlaybackSample[]>((resolve) => {
        const element = document.querySelector<HTMLElement>(`[data-picture=cine][data-clip="${clip}"]`);
        if (!element) throw new Error('The loop is not on screen.');
        const samples: PlaybackSample[] = [];
        const start = performance.now();
        let stalled = stallMs === 0;
        const tick = () => {
          const atMs = performance.now();
          // Read when every callback of this animation frame has run, whatever their order.
          queueMicrotask(() => {
            const { playMs, frame, dropped } = element.dataset;
            samples.push({ atMs, playMs: Number(playMs), frame: Number(frame), dropped: Number(dropped) });
          });
          if (!stalled && atMs - start > seconds * 500) {
            stalled = true;
            while (performance.now() - atMs < stallMs);
          }
          if (atMs - start < seconds * 1000) requestAnimationFrame(tick);
          else queueMicrotask(() => resolve(samples));
        };
        requestAnimationFrame(tick);
      }),
    { clip, seconds, stallMs },
  );
}

export interface PlaybackJudgement {
  readonly animationFrames: number;
  /** Animation frames whose picture was not the one that the time table has at that play time. */
  readonly wrong: number;
  /**
   * How far play time has moved against the wall clock from the first to the last samples, ms. Medians of 15, since
   * the scheduler may come between the reading of one clock and of the other.
   */
  readonly driftMs: number;
  readonly picturesPerSecond: number;
  readonly dropped: number;
}

/** Holds samples against the clip's own time table and against the wall clock. */
export function judgePlayback(
  timing: ClipTiming,
  samples: readonly PlaybackSample[],
  speed = 1,
): PlaybackJudgement {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) throw new Error('There is nothing to judge.');
  let pictures = 0;
  let wrong = 0;
  samples.forEach((sample, index) => {
    if (frameAt(timing, sample.playMs) !== sample.frame) wrong += 1;
    if (index > 0 && samples[index - 1]?.frame !== sample.frame) pictures += 1;
  });
  return {
    animationFrames: samples.length,
    wrong,
    driftMs: Math.abs(middleOffset(samples.slice(-15), speed) - middleOffset(samples.slice(0, 15), speed)),
    picturesPerSecond: (pictures * 1000) / (last.atMs - first.atMs),
    dropped: last.dropped - first.dropped,
  };
}

/** Median of play time minus wall clock, ms. */
function middleOffset(samples: readonly PlaybackSample[], speed: number): number {
  const offsets = samples.map((sample) => sample.playMs - sample.atMs * speed).toSorted((a, b) => a - b);
  return offsets[offsets.length >> 1] ?? NaN;
}

/** What one animation frame showed of several loops at once. */
export interface LoopsSample {
  readonly atMs: number;
  readonly loops: readonly {
    readonly playMs: number;
    readonly frame: number;
    /** Common play time of loops in step; NaN for one that is not. */
    readonly stepMs: number;
  }[];
}

/** Reads at every animation frame what all these loops show, in the order of the clips. */
export async function sampleLoops(
  page: Page,
  clips: readonly string[],
  seconds: number,
): Promise<LoopsSample[]> {
  return page.evaluate(
    ({ clips, seconds }) =>
      new Promise<LoopsSample[]>((resolve) => {
        const elements = clips.map((clip) => {
          const element = document.querySelector<HTMLElement>(`[data-picture=cine][data-clip="${clip}"]`);
          if (!element) throw new Error(`The loop of ${clip} is not on screen.`);
          return element;
        });
        const samples: LoopsSample[] = [];
        const start = performance.now();
        const tick = () => {
          const atMs = performance.now();
          // Read when every callback of this animation frame has run, whatever their order.
          queueMicrotask(() => {
            const loops = elements.map(({ dataset }) => ({
              playMs: Number(dataset['playMs']),
              frame: Number(dataset['frame']),
              stepMs: dataset['stepMs'] ? Number(dataset['stepMs']) : NaN,
            }));
            samples.push({ atMs, loops });
          });
          if (atMs - start < seconds * 1000) requestAnimationFrame(tick);
          else queueMicrotask(() => resolve(samples));
        };
        requestAnimationFrame(tick);
      }),
    { clips, seconds },
  );
}

export interface LoopJudgement {
  readonly animationFrames: number;
  /** Animation frames whose picture the loop's own time table does not have, or that is of another moment of the beat. */
  readonly wrong: number;
  readonly picturesPerSecond: number;
}

/** Holds what loops in step showed against their time tables and against the common time. */
export function judgeLoops(
  step: Step,
  clips: readonly string[],
  samples: readonly LoopsSample[],
): LoopJudgement[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) throw new Error('There is nothing to judge.');
  return clips.map((uid, index) => {
    const clip = step.clips.get(uid);
    if (!clip) throw new Error(`${uid} is not in step.`);
    let [wrong, pictures, before] = [0, 0, -1];
    for (const { loops } of samples) {
      const { playMs, frame, stepMs } = loops[index] ?? { playMs: NaN, frame: -1, stepMs: NaN };
      const withinMs = stepMs - Math.floor(stepMs / step.beatMs) * step.beatMs;
      const due = clip.beats.map((_, beat) => frameInStep(step, clip, { beat, withinMs }));
      const together = stepMs === loops[0]?.stepMs;
      if (!together || frameAt(clip.timing, playMs) !== frame || !due.includes(frame)) wrong += 1;
      if (before >= 0 && frame !== before) pictures += 1;
      before = frame;
    }
    return {
      animationFrames: samples.length,
      wrong,
      picturesPerSecond: (pictures * 1000) / (last.atMs - first.atMs),
    };
  });
}
