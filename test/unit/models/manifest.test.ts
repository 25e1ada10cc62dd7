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

const correction = {
  file: 'correction.onnx',
  sha256: '0'.repeat(64),
  opset: 17,
  precision: 'fp16' as const,
  width: 160,
  height: 160,
  inputs: { image: 'image', found: 'found', given: 'given', isGiven: 'is_given' },
  outputs: { probability: 'probability' },
  state: [
    { name: 'given_state', input: 'given_state', output: 'next_given_state', shape: [1, 128, 96] },
    { name: 'given_mass', input: 'given_mass', output: 'next_given_mass', shape: [1, 128, 1] },
  ],
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
      correction,
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
    ['correction.file', { correction: { ...correction, file: '../correction.onnx' } }],
    ['correction.sha256', { correction: { ...correction, sha256: 'abc' } }],
    ['correction.reach', { correction: { ...correction, reach: 'beyond' } }],
    ['correction.width', { correction: { ...correction, width: 4096 } }],
    ['correction.state', { correction: { ...correction, state: [] } }],
    ['correction.inputs.found', { correction: { ...correction, inputs: { image: 'image' } } }],
    ['confidence.features.0', { confidence: { ...confidence, features: ['guess', 'areaJump'] } }],
    ['confidence.weights', { confidence: { ...confidence, weights: [1] } }],
    ['confidence.weights.0', { confidence: { ...confidence, weights: [1e308, -1e308] } }],
    ['confidence.features', { confidence: { ...confidence, features: ['peak', 'peak'] } }],
    ['confidence.limit', { confidence: { ...confidence, limit: 2 } }],
    ['structureConfidence.lv-wall.limit', { structureConfidence: { 'lv-wall': { ...confidence, limit: 2 } } }],
    ['graph.outputs.structures.lv-wall', { graph: { ...micro.graph, outputs: { probability: 'probability', structures: { 'lv-wall': 1 } } } }],
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
    const correcting = (change: (one: typeof correction) => void): string | null =>
      contradiction((manifest) => {
        manifest.correction = structuredClone(correction);
        change(manifest.correction as typeof correction);
      });
    expect(correcting(() => undefined)).toBe(null);
    expect(correcting((one) => (one.file = 'Model.onnx'))).toMatch(/correction\.file is "model\.onnx", the model's own/);
    expect(correcting((one) => (one.inputs.given = 'found'))).toMatch(/correction: the input "found" is named twice/);
    expect(correcting((one) => (one.state[1]!.output = 'probability'))).toMatch(/correction: the output/);
    expect(correcting((one) => (one.state[1]!.name = 'given_state'))).toMatch(/correction: the state tensor/);
    expect(correcting((one) => (one.state[0]!.shape = [4096, 4097]))).toMatch(/correction: .*too large/);
    const drawing = (change: (one: ModelManifest, outputs: Record<string, string>) => void): string | null =>
      contradiction((manifest) => {
        const outputs = { 'lv-wall': 'lv_wall', 'left-atrium': 'left_atrium' };
        manifest.structures = ['lv-cavity', 'lv-wall', 'left-atrium'];
        manifest.graph.outputs.structures = outputs;
        change(manifest, outputs);
      });
    expect(drawing(() => undefined)).toBe(null);
    expect(drawing((one) => (one.structureConfidence = { 'lv-wall': confidence as never }))).toBe(null);
    expect(drawing((one) => (one.structureConfidence = { 'lv-cavity': confidence as never }))).toMatch(/structureConfidence has "lv-cavity"/);
    expect(drawing((_, outputs) => delete outputs['lv-wall'])).toMatch(/structures names "lv-wall", of which/);
    expect(drawing((one) => delete one.graph.outputs.structures)).toMatch(/structures names "lv-wall", of which/);
    expect(drawing((one) => one.structures.pop())).toMatch(/has "left-atrium", which structures does not name/);
    expect(drawing((one) => one.structures.push('aorta'))).toMatch(/draws no "aorta", only lv-cavity, lv-wall, left-atrium/);
    expect(drawing((_, outputs) => (outputs['aorta'] = 'aorta'))).toMatch(/draws no "aorta"/);
    expect(drawing((_, outputs) => (outputs['lv-cavity'] = 'cavity'))).toMatch(/"lv-cavity", whose map is/);
    expect(drawing((one) => one.structures.push('lv-wall'))).toMatch(/structure "lv-wall" is named twice/);
    expect(drawing((_, outputs) => (outputs['lv-wall'] = 'probability'))).toMatch(/output "probability" is named twice/);
    const row = { dataset: 'D', metric: 'dice', value: 0.95, lower95: 0.8, upper95: 0.9, n: 5 };
    expect(contradiction((one) => one.accuracy.push(row))).toMatch(/outside of its own interval/);
  });
});
