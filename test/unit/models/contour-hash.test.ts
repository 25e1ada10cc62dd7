import { describe, expect, it } from 'vitest';
import { defaultWarmFrames, modelManifestSchema } from '../../../core/model/manifest.ts';
import { propagationWays } from '../../../core/model/propagation-way.ts';
import { isMadeBy } from '../../../core/review/made-by.ts';
import { runRecordSchema } from '../../../core/review/schema.ts';
import { contourHash } from '../../../main/models/contour-hash.ts';
import { calibration, manifestOf, microModel } from '../../fixtures/models/model-folder.ts';
import { finishedRun } from '../core/shapes.ts';

const micro = modelManifestSchema.parse(manifestOf(microModel));
const confidence = {
  features: ['borderConfidence' as const],
  weights: [4.2],
  bias: -2,
  limit: 0.5,
  calibration,
};

describe('the hash of what decides contours', () => {
  it.each([
    ['graph', { graph: { ...micro.graph, sha256: '0'.repeat(64) } }],
    ['threshold', { threshold: 0.42 }],
    ['passes', { passes: 'both-directions' as const }],
    ['input', { input: { ...micro.input, marginFraction: 0.49 } }],
    ['calibration', { confidence }],
    ['calibration of the wall', { structureConfidence: { 'lv-wall': confidence } }],
    [
      'structures that are drawn',
      { graph: { ...micro.graph, outputs: { probability: 'probability', structures: { 'lv-wall': 'lv_wall' } } } },
    ],
  ])('changes with the %s', (_, change) => {
    expect(contourHash({ ...micro, ...change })).not.toBe(contourHash(micro));
  });

  it('changes with the weights and the limit of a calibration', () => {
    const hashes = [confidence, { ...confidence, bias: -1 }, { ...confidence, limit: 0.6 }].map((one) =>
      contourHash({ ...micro, confidence: one }),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  it('is the same whichever way the model carries corrections', () => {
    for (const propagation of propagationWays) {
      expect(contourHash({ ...micro, propagation })).toBe(contourHash(micro));
    }
  });

  it('is the same with and without a correction network, and what it was before there were any', () => {
    const correction = {
      file: 'correction.onnx',
      sha256: '1'.repeat(64),
      opset: 17,
      precision: 'fp32' as const,
      width: 64,
      height: 64,
      inputs: { image: 'a', found: 'b', given: 'c', isGiven: 'd' },
      outputs: { probability: 'p' },
      state: [{ name: 's', input: 's', output: 'n', shape: [1] }],
    };
    expect(contourHash({ ...micro, correction })).toBe(contourHash(micro));
    // Runs in existing libraries name it.
    expect(contourHash(micro)).toBe('f123e25a498087bd8c2d37e6243be0bf10437f13a67a7da69ecd420798dd337e');
  });

  it('is that of the words left out, and of another name or description', () => {
    expect(contourHash({ ...micro, passes: 'forward', warmFrames: 3 })).toBe(contourHash(micro));
    const warm = { ...micro, passes: 'warm' as const };
    expect(contourHash({ ...warm, warmFrames: defaultWarmFrames })).toBe(contourHash(warm));
    expect(contourHash({ ...warm, warmFrames: 3 })).not.toBe(contourHash(warm));
    expect(contourHash({ ...micro, name: 'other', version: '9', description: '' })).toBe(contourHash(micro));
    const reworded = { ...confidence, calibration: { ...confidence.calibration, dataset: 'test' } };
    expect(contourHash({ ...micro, confidence: reworded })).toBe(contourHash({ ...micro, confidence }));
  });
});

describe('a run', () => {
  const maker = { sha256: 'a', contourHash: 'b' };

  it('is told by it, and one without it by the graph as before', () => {
    expect(isMadeBy({ ...finishedRun, sha256: 'a', contourHash: 'b' }, maker)).toBe(true);
    expect(isMadeBy({ ...finishedRun, sha256: 'a', contourHash: 'c' }, maker)).toBe(false);
    expect(isMadeBy({ ...finishedRun, sha256: 'a' }, maker)).toBe(true);
    expect(isMadeBy({ ...finishedRun, sha256: 'c' }, maker)).toBe(false);
  });

  it('keeps it in the library', () => {
    expect(runRecordSchema.parse({ ...finishedRun, contourHash: 'b' })).toMatchObject({ contourHash: 'b' });
    expect(runRecordSchema.parse(finishedRun)).toEqual(finishedRun);
  });
});
