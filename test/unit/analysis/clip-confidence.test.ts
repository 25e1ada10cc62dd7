import { describe, expect, it } from 'vitest';
import type { ConfidenceModel } from '../../../core/model/confidence.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { ClipConfidence } from '../../../main/analysis/clip-confidence.ts';

const confidence = {
  features: ['areaJump'],
  weights: [-8],
  bias: 2,
  limit: 0.5,
} as unknown as ConfidenceModel;
const manifest = {
  input: { width: 4, height: 4 },
  threshold: 0.5,
  confidence,
} as unknown as ModelManifest;

/** So many pixels of 16 belong to the ventricle. */
const map = (areaPx: number) => Float32Array.from({ length: 16 }, (_, index) => (index < areaPx ? 1 : 0));

describe('the confidence of a clip', () => {
  it('is provisional until the frames after one are known, and settled then', () => {
    const clip = new ClipConfidence(manifest, 10, 5);
    [8, 8, 2, 8, 8].slice(0, 3).forEach((area, index) => clip.note(10 + index, map(area)));
    const early = clip.of(12)!;
    expect(early).toBeLessThan(0.5);
    clip.note(13, map(8));
    clip.note(14, map(8));
    expect(clip.of(12)).toBeCloseTo(1 / (1 + Math.exp(-(2 - 8 * (6 / 8)))), 10);
    expect(clip.of(11)).toBeCloseTo(1 / (1 + Math.exp(-2)), 10);
    expect(clip.limit).toBe(0.5);
  });

  it('takes a frame for what it was told last, and has none of a frame without a map', () => {
    const clip = new ClipConfidence(manifest, 0, 3);
    for (const frame of [0, 1, 2]) clip.note(frame, map(8));
    clip.note(1, null);
    expect(clip.of(1)).toBeNull();
    expect(clip.of(0)).toBeCloseTo(1 / (1 + Math.exp(-2)), 10);
  });

  it('is unknown of a model without a calibration', () => {
    const { confidence: _, ...plain } = manifest;
    const clip = new ClipConfidence(plain as ModelManifest, 0, 1);
    clip.note(0, map(8));
    expect([clip.of(0), clip.limit]).toEqual([null, null]);
  });
});
