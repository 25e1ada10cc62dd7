import type { ModelManifest } from '../../core/model/manifest.ts';
import { mapsFit } from './forward-maps.ts';
import { passesOver, type Pass } from './passes.ts';

/** A pass in one direction in which masks are given. */
export interface GivingPass extends Pass {
  /** Frame whose given mask is written into the memory after a step. */
  readonly given: ReadonlyMap<number, number>;
  /** The first step after which the memory is no longer the model's own. */
  readonly firstGiven: number;
  /** Frames whose maps this pass makes. */
  readonly wanted: ReadonlySet<number>;
}

export interface PropagationPlan {
  readonly forwards: GivingPass | null;
  readonly backwards: GivingPass | null;
  /** Weight of the forward map of a frame, 0…1: linear in the distance to the given frames around it. */
  forwardShare(frame: number): number;
}

export interface PropagationRange {
  readonly frameCount: number;
  /** First and last frame whose contours are wanted, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly givenFrames: Iterable<number>;
}

/**
 * How given masks are carried: one pass in each direction, each a run of the model over the clip as it would be without
 * them, with the masks written into its memory where it comes by. Frames after the last given one are made forwards,
 * those before the first backwards, those between two by both. Neither pass goes further than it is wanted.
 */
export function planPropagation(
  { passes = 'forward', warmFrames, input }: Pick<ModelManifest, 'passes' | 'warmFrames' | 'input'>,
  { frameCount, from, to, givenFrames }: PropagationRange,
): PropagationPlan {
  const given = [...givenFrames].filter((frame) => frame >= 0 && frame < frameCount).sort((a, b) => a - b);
  const isGiven = new Set(given);
  const before = (frame: number): number | undefined => given.findLast((one) => one < frame);
  const after = (frame: number): number | undefined => given.find((one) => one > frame);
  const distanceShare = (frame: number): number => {
    const [left, right] = [before(frame), after(frame)];
    if (left === undefined) return 0;
    return right === undefined ? 1 : (right - frame) / (right - left);
  };
  const moved: number[] = [];
  for (let frame = Math.max(0, from); given.length > 0 && frame <= Math.min(to, frameCount - 1); frame += 1) {
    if (!isGiven.has(frame)) moved.push(frame);
  }
  const between = moved.filter((frame) => before(frame) !== undefined && after(frame) !== undefined);
  // Where the maps of both passes do not fit into memory, the nearer frame alone counts.
  const fit = mapsFit(input, between.length);
  const forwardShare = (frame: number): number =>
    fit ? distanceShare(frame) : distanceShare(frame) < 0.5 ? 0 : 1;

  // A model that runs in both directions begins each with an empty memory.
  const [own] = passesOver(passes === 'both-directions' ? 'forward' : passes, 0, frameCount, warmFrames);
  const mirrored = { ...own!, frames: own!.frames.map((frame) => frameCount - 1 - frame) };
  return {
    forwards: givingPass(
      own!,
      isGiven,
      moved.filter((frame) => forwardShare(frame) > 0),
    ),
    backwards: givingPass(
      mirrored,
      isGiven,
      moved.filter((frame) => forwardShare(frame) < 1),
    ),
    forwardShare,
  };
}

function givingPass(
  { frames, silentSteps }: Pass,
  isGiven: ReadonlySet<number>,
  wantedFrames: readonly number[],
): GivingPass | null {
  if (wantedFrames.length === 0) return null;
  const wanted = new Set(wantedFrames);
  // While the memory is warmed, frames come by that have their turn later.
  const steps = frames.map((frame, step) => ({ frame, step })).slice(silentSteps);
  const last = steps.findLast(({ frame }) => wanted.has(frame))!.step;
  const given = new Map(
    steps
      .filter(({ frame, step }) => step <= last && isGiven.has(frame))
      .map(({ frame, step }) => [step, frame]),
  );
  const firstGiven = Math.min(...given.keys());
  return { frames: frames.slice(0, last + 1), silentSteps, given, firstGiven, wanted };
}
