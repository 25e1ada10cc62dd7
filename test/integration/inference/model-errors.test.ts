import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { InferenceService } from '../../../main/inference/inference-service.ts';
import { hashFile } from '../../../main/models/bounded-file.ts';
import { ModelRegistry } from '../../../main/models/registry.ts';
import { copyOfMicroModel, ringRequest } from './micro-clip.ts';

const service = new InferenceService();
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
});
afterAll(() => service.close());

async function changed(...change: Parameters<typeof copyOfMicroModel>): Promise<ModelRegistry> {
  const { registry, remove } = await copyOfMicroModel(...change);
  cleanups.push(remove);
  return registry;
}

describe('the registry', () => {
  it('lists and loads a model folder', async () => {
    const registry = await changed();
    const [info] = await registry.list();
    expect(info).toMatchObject({ problem: null, active: true });
    expect(info!.card.length).toBeGreaterThan(0);
    const model = await registry.load(info!.name);
    expect(model.manifest.graph.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(model.card).toBe(info!.card);
  });

  it('finds no model in no folder, and none of a name unknown', async () => {
    await expect(new ModelRegistry(['/nowhere/at/all']).load(null)).rejects.toMatchObject({
      code: 'model-not-found',
    });
    const registry = await changed();
    await expect(registry.load('no-such-model')).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('refuses a graph that is not the one of the manifest', async () => {
    const registry = await changed((_, graph) => {
      const flipped = Uint8Array.from(graph);
      flipped[flipped.length >> 1]! ^= 1;
      return flipped;
    }, false);
    await expect(registry.load(null)).rejects.toMatchObject({ code: 'model-hash-mismatch' });
  });

  it('notices that the graph was changed after it was loaded once', async () => {
    const registry = await changed();
    const model = await registry.load(null);
    await writeFile(model.graphPath, 'not a graph');
    await expect(registry.load(null)).rejects.toMatchObject({ code: 'model-hash-mismatch' });
    await expect(service.run(ringRequest(model, 1))).rejects.toMatchObject({ code: 'model-hash-mismatch' });
    await rm(model.graphPath);
    await expect(registry.load(null)).rejects.toMatchObject({ code: 'model-not-found' });
    await expect(service.run(ringRequest(model, 1))).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('refuses a manifest that contradicts itself, whoever names the model', async () => {
    // Shown in negative, pictures would still be contoured.
    const registry = await changed((manifest) => {
      manifest.input.range = [1, 0];
    });
    const [info] = await registry.list();
    expect(info?.problem).toMatch(/contradicts itself: input\.range/);
    for (const name of [info!.name, null]) {
      await expect(registry.load(name)).rejects.toMatchObject({
        code: 'model-invalid',
        message: expect.stringContaining('contradicts itself'),
      });
    }
  });

  it('names a graph that went while it was read', async () => {
    const registry = await changed();
    const { graphPath } = await registry.load(null);
    await rm(graphPath);
    await expect(hashFile(graphPath)).rejects.toMatchObject({ code: 'not-found', file: graphPath });
  });

  it('says what is wrong with a manifest, in the list too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'systola-models-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken', 'manifest.json'), '{"schema": "systola-model/1"');
    await mkdir(join(folder, 'empty'));
    await mkdir(join(folder, 'wrong'));
    await writeFile(join(folder, 'wrong', 'manifest.json'), '{"schema": "systola-model/9"}');
    const registry = new ModelRegistry([folder]);
    expect((await registry.list()).map(({ name, manifest }) => [name, manifest])).toEqual([
      ['broken', null],
      ['empty', null],
      ['wrong', null],
    ]);
    await expect(registry.load('broken')).rejects.toMatchObject({ code: 'model-invalid' });
    await expect(registry.load('empty')).rejects.toMatchObject({ code: 'model-not-found' });
    await expect(registry.load('wrong')).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('schema'),
    });
  });
});

describe('a graph that does not fit', () => {
  it.each([
    ['is cut off', (_: unknown, graph: Uint8Array) => graph.subarray(0, graph.length >> 1)],
    ['is not ONNX', () => new TextEncoder().encode('no graph at all')],
  ])('%s: model-invalid', async (_, change) => {
    const model = await (await changed(change)).load(null);
    await expect(service.run(ringRequest(model, 1))).rejects.toMatchObject({
      code: 'model-invalid',
      file: model.graphPath,
    });
  });

  it('has other input names than the manifest', async () => {
    const registry = await changed((manifest) => {
      manifest.graph.inputs.image = 'picture';
    });
    await expect(service.run(ringRequest(await registry.load(null), 1))).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('"picture"'),
    });
  });

  it('has other shapes than the manifest', async () => {
    const registry = await changed((manifest) => {
      manifest.input.width *= 2;
      manifest.graph.state.find(({ name }) => name === manifest.graph.maskState)!.shape[3]! *= 2;
    });
    await expect(service.run(ringRequest(await registry.load(null), 1))).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('64×128'),
    });
  });

  it('has a state tensor that the manifest leaves out', async () => {
    const registry = await changed((manifest) => {
      const kept = manifest.graph.state.find(({ name }) => name === manifest.graph.maskState)!;
      manifest.graph.state = [kept];
    });
    await expect(service.run(ringRequest(await registry.load(null), 1))).rejects.toMatchObject({
      code: 'model-invalid',
    });
  });
});
