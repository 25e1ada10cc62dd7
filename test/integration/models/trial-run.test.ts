import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hasExternalData } from '../../../main/inference/external-data.ts';
import { checkModel } from '../../../main/models/check-model.ts';
import { copiesThePicture, manifestOf, sha256Of, tinyGraph, tinyModelFolder, tinyPicture } from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const { signal } = new AbortController();

afterEach(() => vi.unstubAllEnvs());

describe.runIf(process.platform === 'linux')('an inference process that cannot start', () => {
  it('says nothing of the model', async () => {
    const model = tinyModelFolder(folder(), 'tiny', copiesThePicture);
    const libraries = folder();
    writeFileSync(join(libraries, 'libm.so.6'), 'no library');
    vi.stubEnv('LD_LIBRARY_PATH', libraries);
    await expect(checkModel(model, { signal })).rejects.toMatchObject({
      name: 'SystolaError',
      code: 'inference-failed',
      file: null,
      message: expect.stringMatching(/could not be tried: the inference process ended.*libm\.so\.6/),
    });
  });
});

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const integer = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, content: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (field: number, content: string): number[] => bytes(field, [...Buffer.from(content)]);
const entry = (key: string, value: string): number[] => bytes(13, [...text(1, key), ...text(2, value)]);

/** A TensorProto of zeros, kept in another file or not. */
const weights = (location: string | null): number[] => [
  ...tinyPicture.flatMap((size) => integer(1, size)),
  ...integer(2, 1),
  ...text(8, 'weights'),
  ...(location === null
    ? bytes(9, Array.from({ length: 1024 }, () => 0))
    : [...entry('location', location), ...entry('length', '1024'), ...integer(14, 1)]),
];

/** Copies the picture, plus weights. A second occurrence of a message is merged with the first. */
function addsWeights(location: string | null): Uint8Array {
  const graph = tinyGraph('external', [
    { operator: 'Add', inputs: ['image', 'weights'], outputs: ['probability'] },
  ]);
  return Uint8Array.from([...graph, ...bytes(7, bytes(5, weights(location)))]);
}

function modelWith(graph: Uint8Array): string {
  const model = tinyModelFolder(folder(), 'external', copiesThePicture);
  const manifest = manifestOf(model);
  manifest.graph.sha256 = sha256Of(graph);
  writeFileSync(join(model, 'model.onnx'), graph);
  writeFileSync(join(model, 'manifest.json'), JSON.stringify(manifest));
  return model;
}

describe('a graph with weights in another file', () => {
  it('works when the weights are its own', async () => {
    const { trial } = await checkModel(modelWith(addsWeights(null)), { signal });
    expect(trial.name).toBe('external');
  });

  it('is refused, whether the file lies beside it or elsewhere', async () => {
    const elsewhere = folder();
    writeFileSync(join(elsewhere, 'model.onnx.data'), new Uint8Array(1024));
    for (const location of ['model.onnx.data', relative(process.cwd(), join(elsewhere, 'model.onnx.data'))]) {
      const model = modelWith(addsWeights(location));
      writeFileSync(join(model, 'model.onnx.data'), new Uint8Array(1024));
      await expect(checkModel(model, { signal })).rejects.toMatchObject({
        code: 'model-invalid',
        file: join(model, 'model.onnx'),
        message: expect.stringContaining('keeps weights in other files'),
      });
    }
  });

  it('is told wherever the weights are: in a graph, an attribute, a branch, a function', () => {
    const tensor = weights('elsewhere');
    const attribute = bytes(5, bytes(5, tensor));
    const branch = bytes(5, bytes(6, bytes(5, tensor)));
    for (const [where, model] of Object.entries({
      graph: bytes(7, bytes(5, tensor)),
      attribute: bytes(7, bytes(1, attribute)),
      branch: bytes(7, bytes(1, branch)),
      function: bytes(25, bytes(7, attribute)),
      sparse: bytes(7, bytes(15, bytes(1, tensor))),
      unnamed: bytes(7, bytes(5, integer(14, 1))),
    })) {
      expect(hasExternalData(Uint8Array.from(model)), where).toBe(true);
    }
    expect(hasExternalData(addsWeights(null))).toBe(false);
    const cut = addsWeights('elsewhere');
    for (let length = 0; length < cut.length; length += 1) hasExternalData(cut.subarray(0, length));
  });
});
