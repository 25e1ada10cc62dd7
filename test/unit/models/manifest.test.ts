import { describe, expect, it } from 'vitest';
import { manifestContradiction } from '../../../core/model/check-manifest.ts';
import { modelManifestSchema, type ModelManifest } from '../../../core/model/manifest.ts';
import { calibration, manifestOf, microModel } from '../../fixtures/models/model-folder.ts';

const micro = manifestOf(microModel);
const confidence = {
  features: ['borderConfidence', 'areaJump'],
  weights: [4.2, -1.5],
  bias: -2,
  limit: 0.5,
  calibration,
};

describe('a manifest', () => {
  it('without the newer fields is valid, and with them too', () => {
    expect(modelManifestSchema.parse(micro)).not.toHaveProperty('role');
    const more = {
      role: 'fast',
      passes: 'warm',
      warmFrames: 24,
      confidence,
      propagation: 'memory',
      intendedUse: 'Research.',
      knownFailures: ['Small apices.'],
    };
    expect(modelManifestSchema.parse({ ...micro, ...more })).toMatchObject(more);
  });

  it.each(['console', 'com', 'com10', 'my-con', 'v1.con'])('may be called "%s"', (name) => {
    expect(modelManifestSchema.safeParse({ ...micro, name }).success).toBe(true);
  });

  it('that says more than is known is valid: it may be newer', () => {
    expect(modelManifestSchema.safeParse({ ...micro, futureField: 1 }).success).toBe(true);
  });

  it.each([
    ['role', { role: 'best' }],
    ['passes', { passes: 'sideways' }],
    ['propagation', { propagation: 'none' }],
    ['warmFrames', { warmFrames: 0 }],
    ['confidence.features.0', { confidence: { ...confidence, features: ['guess', 'areaJump'] } }],
    ['confidence.weights', { confidence: { ...confidence, weights: [1] } }],
    ['confidence.weights.0', { confidence: { ...confidence, weights: [1e308, -1e308] } }],
    ['confidence.features', { confidence: { ...confidence, features: ['peak', 'peak'] } }],
    ['confidence.limit', { confidence: { ...confidence, limit: 2 } }],
    ['structures', { structures: [] }],
    ['structures', { structures: ['left-atrium'] }],
    ['graph.file', { graph: { ...micro.graph, file: '../model.onnx' } }],
    ['graph.file', { graph: { ...micro.graph, file: 'sub/model.onnx' } }],
    ['graph.file', { graph: { ...micro.graph, file: 'C:model.onnx' } }],
    ['name', { name: '../elsewhere' }],
    ['name', { name: '.hidden' }],
    ['name', { name: 'trailing.' }],
    ['name', { name: 'nul' }],
    ['name', { name: 'con' }],
    ['name', { name: 'prn.v2' }],
    ['name', { name: 'aux' }],
    ['name', { name: 'com1' }],
    ['name', { name: 'lpt9.small' }],
  ])('with a wrong %s is refused by that name', (path, change) => {
    const parsed = modelManifestSchema.safeParse({ ...micro, ...change });
    expect(parsed.error?.issues[0]?.path.join('.')).toBe(path);
  });
});

describe('a contradiction in a manifest', () => {
  const contradiction = (change: (manifest: ModelManifest) => void): string | null => {
    const manifest = structuredClone(micro);
    change(manifest);
    return manifestContradiction(manifest);
  };

  it('is found: in the mask, the names, the sizes, the range and the accuracy', () => {
    expect(contradiction(() => undefined)).toBe(null);
    expect(contradiction((one) => (one.input.height = 32))).toMatch(/mask state/);
    expect(contradiction((one) => (one.graph.maskState = 'gone'))).toMatch(/not a state tensor/);
    expect(contradiction((one) => (one.graph.state[0]!.shape = [4096, 4097]))).toMatch(/too large/);
    expect(contradiction((one) => (one.graph.state[0]!.input = 'image'))).toMatch(/input "image" is named twice/);
    expect(contradiction((one) => (one.graph.state[0]!.output = 'probability'))).toMatch(/named twice/);
    expect(contradiction((one) => (one.input.range = [1, 1]))).toMatch(/range/);
    const row = { dataset: 'D', metric: 'dice', value: 0.95, lower95: 0.8, upper95: 0.9, n: 5 };
    expect(contradiction((one) => one.accuracy.push(row))).toMatch(/outside of its own interval/);
  });
});
