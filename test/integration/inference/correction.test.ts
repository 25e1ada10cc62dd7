import { describe, expect, it } from 'vitest';
import { resample, resamplingTaps } from '../../../core/sector/resample.ts';
import { correctionGain } from '../../fixtures/models/correction.ts';
import { correcting, corrections, course, frames, square } from './correcting.ts';
import { beatingRing, ringRequest } from './micro-clip.ts';
import { range } from './recurrence.ts';

const at = correcting();
const { service, model } = at;

const logOdds = (probability: number): number => Math.log(probability / (1 - probability));
const limited = (probability: number): number => Math.min(6, Math.max(-6, logOdds(probability)));
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Log-odds of a frame that follows one anchor. */
function expected(
  maps: readonly Float32Array[],
  frame: number,
  anchor: number,
  mask: Float32Array,
): Float64Array {
  return Float64Array.from(
    maps[frame]!,
    (value, pixel) => limited(value) + correctionGain * (mask[pixel]! - maps[anchor]![pixel]!),
  );
}

/** What the anchors, three at most, count on a frame: as the inverse square of how far they are in phase and time. */
function weights(frame: number, anchors: readonly number[]): number[] {
  const parts = anchors.map((anchor) => 1 / course.distance(frame, anchor) ** 2);
  const whole = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / whole);
}

/** Log-odds of a frame that follows several anchors. */
function blended(frame: number, given: ReadonlyMap<number, Float32Array>, more = 0): Float64Array {
  const anchors = [...given.keys()];
  const shares = weights(frame, anchors);
  const maps = anchors.map((anchor) => expected(at.own, frame, anchor, given.get(anchor)!));
  // In float32 a probability near to 1 has coarse log-odds.
  const bounded = (odds: number): number => Math.min(14, Math.max(-14, odds));
  return Float64Array.from(at.own[frame]!, (_, pixel) =>
    maps.reduce((sum, map, index) => sum + shares[index]! * bounded(map[pixel]! + more), 0),
  );
}

function largestDifference(map: Float32Array, wanted: Float64Array): number {
  return map.reduce(
    (largest, value, pixel) => Math.max(largest, Math.abs(value - sigmoid(wanted[pixel]!))),
    0,
  );
}

/** Maps are kept with 16 bits. */
const rounding = 2e-4;
/** That, where log-odds are large. */
const coarse = 2e-3;

describe('a correction network', () => {
  it('moves the model’s own maps on both sides of what was given, the nearest frames before it first', async () => {
    const mask = square(at.sound.manifest.input, 12);
    const request = corrections(at.sound, new Map([[6, mask]]));
    const result = await service().correct(request);
    expect(request.frames).toEqual([5, 4, 3, 2, 1, 0, 7, 8, 9, 10, 11]);
    for (const [frame, map] of request.maps) {
      expect(largestDifference(map, expected(at.own, frame, 6, mask))).toBeLessThan(rounding);
      expect(request.follows.get(frame)).toEqual([6]);
    }
    // The model once over the clip; the network once to be given the mask, and once a frame.
    expect(result).toEqual({ provider: 'cpu', framesDone: 11, steps: 12 + 1 + 11 });
  });

  it('writes only what was given into its memory, each into an empty one, whatever the graph makes of other frames', async () => {
    const leaking = await model('leaking');
    const given = new Map([
      [2, square(at.sound.manifest.input, 8)],
      [9, square(at.sound.manifest.input, 20)],
    ]);
    const request = corrections(leaking, given);
    await service().correct(request);
    for (const frame of [0, 1, 5, 10, 11]) {
      // It writes one more than the difference, once.
      const wanted = blended(frame, given, correctionGain);
      expect(largestDifference(request.maps.get(frame)!, wanted)).toBeLessThan(coarse);
    }
  });

  it('blends log-odds of several anchors by phase and time, between them and beyond', async () => {
    const given = new Map([
      [3, square(at.sound.manifest.input, 8)],
      [7, square(at.sound.manifest.input, 20)],
      [8, square(at.sound.manifest.input, 12)],
    ]);
    const request = corrections(at.sound, given);
    const result = await service().correct(request);
    expect(request.frames).toEqual([6, 5, 4, 2, 1, 0, 9, 10, 11]);
    for (const frame of request.frames) {
      expect(largestDifference(request.maps.get(frame)!, blended(frame, given))).toBeLessThan(coarse);
      expect(request.follows.get(frame)).toEqual([3, 7, 8]);
    }
    // The model once; each anchor written once, and read for all other frames.
    expect(result.steps).toBe(12 + 3 * (1 + 9));
  });

  it('reads three anchors a frame at most, those from outside of the range too, and contours a frame alike in any range', async () => {
    const masks = [4, 8, 12, 16, 20].map((reach) => square(at.sound.manifest.input, reach));
    const given = new Map([9, 1, 3, 7, 11].map((frame, index) => [frame, masks[index]!]));
    const request = corrections(at.sound, given, { from: 4, to: 5 });
    const result = await service().correct(request);
    expect([...request.frames].sort()).toEqual([4, 5]);
    const read = [...request.follows.values()];
    for (const from of read) expect(from.length).toBeLessThanOrEqual(3);
    // The model as far as frame 11; each anchor that is read written once, and read once a frame.
    expect(result.steps).toBe(12 + new Set(read.flat()).size + read.flat().length);
    const whole = corrections(at.sound, given);
    await service().correct(whole);
    for (const frame of [4, 5]) expect(request.maps.get(frame)).toEqual(whole.maps.get(frame));
    for (const from of whole.follows.values()) expect(from.length).toBeLessThanOrEqual(3);
  });

  it('has a picture of another size than the model', async () => {
    const [width, height] = [32, 48];
    const other = await model('sound', { width, height });
    const size = other.manifest.input;
    const taps = (from: number, to: number) => resamplingTaps(from, 0, from, to);
    const small = at.own.map((map) =>
      resample(map, size.width, taps(size.height, height), taps(size.width, width)),
    );
    const mask = square({ width, height }, 8);
    const request = corrections(other, new Map([[4, mask]]), { from: 3, to: 6 });
    await service().correct(request);
    expect(request.frames).toEqual([3, 5, 6]);
    for (const [frame, map] of request.maps) {
      expect(map).toHaveLength(width * height);
      expect(largestDifference(map, expected(small, frame, 4, mask))).toBeLessThan(rounding);
    }
  });

  it.each(['warm', 'both-directions'] as const)(
    'moves what a run draws, also of a model that runs %s',
    async (passes) => {
      const loaded = { ...at.sound, manifest: { ...at.sound.manifest, passes, warmFrames: 6 } };
      const run = ringRequest(loaded, frames);
      const running = service();
      await running.run(run);
      // The last that was told of a frame is what counts.
      const drawn = range(0, frames).map((frame) => run.maps[run.frames.lastIndexOf(frame)]!);
      const mask = square(at.sound.manifest.input, 12);
      const request = corrections(loaded, new Map([[6, mask]]), { from: 5, to: 8 });
      await running.correct(request);
      for (const frame of [5, 7, 8]) {
        expect(largestDifference(request.maps.get(frame)!, expected(drawn, frame, 6, mask))).toBeLessThan(
          rounding,
        );
      }
    },
  );

  it('goes on from what a run has left behind, with the same results', async () => {
    const picturesKey = 'rings';
    const given = new Map([[9, square(at.sound.manifest.input, 12)]]);
    const running = service();
    await running.run(ringRequest(at.sound, frames, { picturesKey }));
    const request = corrections(at.sound, given, { from: 8, to: 11, picturesKey });
    // From the state after frame 7.
    expect((await running.correct(request)).steps).toBe(4 + 1 + 3);
    const anew = corrections(at.sound, given, { from: 8, to: 11 });
    expect((await service().correct(anew)).steps).toBe(12 + 1 + 3);
    expect(request.maps).toEqual(anew.maps);
    // A run afterwards is what it was: nothing was given to the model.
    const after = ringRequest(at.sound, frames, { picturesKey });
    await running.run(after);
    expect(after.maps).toEqual(at.own);
  });

  it('leaves out frames without a picture and with numbers that are none; anchors among them carry nothing', async () => {
    const given = new Map([2, 6, 9].map((frame) => [frame, square(at.sound.manifest.input, 12)]));
    const request = corrections(at.sound, given, {
      from: 3,
      to: 11,
      input: async (frame) => {
        if (frame === 4 || frame === 9) return null;
        const image = beatingRing(at.sound.manifest, frame);
        return frame === 5 ? image.fill(Number.NaN) : image;
      },
    });
    await service().correct(request);
    expect(request.unsegmented).toEqual(['4 no-picture', '5 not-finite']);
    expect(request.frames).toEqual([3, 7, 8, 10, 11]);
    expect(request.follows.get(8)).toEqual([2, 6]);
    const none = corrections(at.sound, new Map([[4, given.get(2)!]]), { input: async () => null });
    expect(await service().correct(none)).toMatchObject({ framesDone: 0 });
    expect(none.frames).toEqual([]);
  });

  it('costs one frame where its own numbers are none', async () => {
    const request = corrections(at.sound, new Map([[2, square(at.sound.manifest.input, 12)]]), {
      correctionInput: async (frame) => {
        const image = beatingRing(at.sound.manifest, frame);
        return frame === 5 ? image.fill(Number.NaN) : image;
      },
    });
    await service().correct(request);
    expect(request.unsegmented).toEqual(['5 not-finite']);
    const clean = corrections(at.sound, request.given);
    await service().correct(clean);
    for (const frame of [0, 4, 6, 11]) expect(request.maps.get(frame)).toEqual(clean.maps.get(frame));
  });

  it('refuses masks that are none, and ranges whose maps would not fit', async () => {
    const running = service();
    for (const mask of [new Float32Array(7), square(at.sound.manifest.input, 4).fill(2)]) {
      await expect(running.correct(corrections(at.sound, new Map([[2, mask]])))).rejects.toMatchObject({
        code: 'inference-failed',
        message: expect.stringContaining('frame 3'),
      });
    }
    const long = corrections(at.sound, new Map([[2, square(at.sound.manifest.input, 12)]]), {
      frameCount: 40_000,
      to: 39_999,
    });
    await expect(running.correct(long)).rejects.toMatchObject({
      code: 'inference-failed',
      file: 'ring.dcm',
      message: expect.stringContaining('shorter range'),
    });
  });
});
