import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConfidenceFeature } from '../../../core/model/confidence.ts';
import { areaJump, calibratedConfidence, mapFeatures } from '../../../core/trace/confidence-features.ts';

interface Vectors {
  readonly confidence: { features: ConfidenceFeature[]; weights: number[]; bias: number; limit: number };
  readonly clips: readonly {
    readonly name: string;
    readonly threshold: number;
    readonly size: number;
    readonly frames: readonly {
      readonly probability64: readonly number[];
      readonly features: Readonly<Record<ConfidenceFeature, number>>;
      readonly confidence: number;
      readonly flagged: boolean;
    }[];
  }[];
}

const { confidence, clips } = JSON.parse(
  readFileSync(new URL('../../fixtures/confidence/vectors.json', import.meta.url), 'utf8'),
) as Vectors;

describe('confidence features', () => {
  it.each(clips)('are those of the Python implementation: $name', ({ threshold, size, frames }) => {
    const found = frames.map(({ probability64 }) =>
      mapFeatures(
        Float32Array.from(probability64, (value) => value / 64),
        size,
        size,
        threshold,
      ),
    );
    const areas = found.map(({ areaPx }) => areaPx);
    frames.forEach((frame, index) => {
      const jump = areaJump(areas, index);
      for (const [name, value] of Object.entries(frame.features) as [ConfidenceFeature, number][]) {
        expect(name === 'areaJump' ? jump : found[index]![name], name).toBeCloseTo(value, 6);
      }
      const value = calibratedConfidence(confidence, found[index]!, jump);
      expect(value).toBeCloseTo(frame.confidence, 6);
      expect(value < confidence.limit).toBe(frame.flagged);
    });
  });

  it('pass over frames without a map when an area jumps', () => {
    expect(areaJump([100, null, 150, 100, 100], 2)).toBe(0.5);
    expect(areaJump([100, null, 150, 100, 100], 1)).toBe(0);
    expect(areaJump([100, 200], 1)).toBe(0);
  });
});
