import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import {
  captionPlace,
  curvePath,
  curveScale,
  frameNear,
  roundStep,
  timeAt,
  xOf,
} from '../../../renderer/curve/curve-geometry.ts';
import { movedBeats } from '../../../renderer/curve/moved-beats.ts';

const timing = {
  source: 'frame-time-vector',
  guessed: false,
  frameTimesMs: [0, 30, 75, 100, 150],
  durationMs: 190,
  playback: 'loop',
} as const;

describe('the curve', () => {
  it('puts times where they are and finds the nearest frame again', () => {
    const scale = curveScale(timing, [100, 80, null, 60, 90], 600, 160);
    timing.frameTimesMs.forEach((time, frame) => {
      expect(frameNear(timing, timeAt(scale, xOf(scale, time)))).toBe(frame);
    });
    expect(frameNear(timing, 52)).toBe(1);
    expect(frameNear(timing, 53)).toBe(2);
    expect(timeAt(scale, -50)).toBe(0);
    expect(timeAt(scale, 5000)).toBe(150);
  });

  it('leaves gaps where there is no value', () => {
    const scale = curveScale(timing, [100, 80, null, 60, 90], 600, 160);
    expect(curvePath(scale, timing, [100, 80, null, 60, 90]).match(/M/g)).toHaveLength(2);
    expect(curvePath(scale, timing, [null, null, null, null, null])).toBe('');
  });

  it('takes round steps', () => {
    expect([roundStep(150, 3), roundStep(97, 4), roundStep(2.2, 5)]).toEqual([50, 25, 0.5]);
  });
});

describe('moving ED and ES', () => {
  const beats: Beat[] = [
    { edFrame: 2, esFrame: 10, nextEdFrame: 25, source: 'model' },
    { edFrame: 25, esFrame: 33, nextEdFrame: null, source: 'model' },
  ];

  it('moves a marker, and with an ED the end of the beat before it', () => {
    expect(movedBeats(beats, 1, 'ed', 27)).toEqual([
      { edFrame: 2, esFrame: 10, nextEdFrame: 27, source: 'user' },
      { edFrame: 27, esFrame: 33, nextEdFrame: null, source: 'user' },
    ]);
    expect(movedBeats(beats, 0, 'es', 12)?.[0]).toMatchObject({ esFrame: 12, source: 'user' });
  });

  it('never mixes beats nor turns one around', () => {
    expect(movedBeats(beats, 0, 'ed', 10)).toBeNull();
    expect(movedBeats(beats, 0, 'es', 2)).toBeNull();
    expect(movedBeats(beats, 0, 'es', 25)).toBeNull();
    expect(movedBeats(beats, 1, 'ed', 10)).toBeNull();
    expect(movedBeats([], 0, 'ed', 1)).toBeNull();
  });
});

describe('the caption of a curve', () => {
  const scale = { left: 46, right: 600 };

  it('stands where no marker’s label does, at the right before all', () => {
    expect(captionPlace(scale, [], 150)).toEqual({ x: 600, anchor: 'end' });
    expect(captionPlace(scale, [46, 300], 150)).toEqual({ x: 600, anchor: 'end' });
    expect(captionPlace(scale, [46, 600], 150)).toEqual({ x: 323, anchor: 'middle' });
    expect(captionPlace(scale, [330, 600], 150)).toEqual({ x: 46, anchor: 'start' });
  });

  it('is left out where there is no room for it', () => {
    expect(captionPlace(scale, [46, 150, 250, 350, 450, 550], 150)).toBe(null);
    expect(captionPlace(scale, [], 700)).toBe(null);
  });
});
