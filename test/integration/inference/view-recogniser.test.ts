import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSector } from '../../../core/sector/find-sector.ts';
import type { ViewPictures } from '../../../core/sector/view-pictures.ts';
import { litFrames } from '../../../main/analysis/clip-pictures.ts';
import { answerOf, picturesOf } from '../../../main/analysis/view-recogniser.ts';
import { InferenceService } from '../../../main/inference/inference-service.ts';
import type { LoadedRecogniser } from '../../../main/inference/loaded-recogniser.ts';
import { readRecogniserFolder } from '../../../main/models/recogniser-folder.ts';
import { RecogniserShelf } from '../../../main/models/recogniser-shelf.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import {
  factsOf,
  framesOf,
  shippedRecognisers,
  shippedViewManifest,
  viewClips,
  type ViewClip,
} from '../../fixtures/views/view-clips.ts';

/** Grey levels of one picture's mean, and probabilities: what two implementations may differ by in rounding. */
const meanTolerance = 1e-5;
const probabilityTolerance = 2e-3;

const folders = temporaryFolders();
const inference = new InferenceService({ threads: 1 });
afterAll(() => inference.close());
const never = new AbortController().signal;
let recogniser: LoadedRecogniser;
beforeAll(async () => {
  recogniser = (await new RecogniserShelf([shippedRecognisers]).load())!;
});

async function pictures(clip: ViewClip): Promise<ViewPictures> {
  const frames = framesOf(clip);
  return picturesOf(
    factsOf(clip),
    null,
    (index) => Promise.resolve(frames[index]!),
    recogniser.manifest.input,
    never,
  );
}

function means(values: Float32Array): number[] {
  const side = recogniser.manifest.input.width * recogniser.manifest.input.height;
  return Array.from({ length: values.length / side }, (_, index) => {
    const picture = values.subarray(index * side, (index + 1) * side);
    return picture.reduce((sum, value) => sum + value, 0) / side;
  });
}

const ask = (shown: ViewPictures, signal: AbortSignal = never, by: LoadedRecogniser = recogniser) =>
  inference.recognise({ recogniser: by, pictures: shown, clipName: 'clip.dcm', signal });

describe.each(viewClips)('$file', (clip) => {
  it('has its sector where the other implementation finds it', () => {
    const { box } = findSector(litFrames(framesOf(clip)), factsOf(clip));
    const { top, bottom, left, right } = clip.box;
    expect(box).toEqual({ minX: left, minY: top, maxX: right - 1, maxY: bottom - 1 });
  });

  it('is prepared as the other implementation prepares it', async () => {
    const { sectors, wholes } = await pictures(clip);
    for (const [found, wanted] of [
      [means(sectors), clip.sectorMeans],
      [means(wholes), clip.wholeMeans],
    ] as const) {
      expect(found.length).toBe(wanted.length);
      found.forEach((mean, index) => expect(Math.abs(mean - wanted[index]!)).toBeLessThan(meanTolerance));
    }
  });

  it('is answered as by the other implementation', async () => {
    const { probability } = await ask(await pictures(clip));
    probability.forEach((value, index) =>
      expect(Math.abs(value - clip.probability[index]!)).toBeLessThan(probabilityTolerance),
    );
  });
});

it('is left open below the certainty of the manifest, else the most probable view', () => {
  const manifest = shippedViewManifest();
  expect(answerOf([0.55, 0.4, 0.03, 0.02], manifest)).toEqual({ code: 'unknown', certainty: 0.55 });
  expect(answerOf([0.1, 0.82, 0.05, 0.03], manifest)).toEqual({ code: 'a2c', certainty: 0.82 });
  expect(answerOf([0, 0, 0, 1.0000002], manifest)).toEqual({ code: 'other', certainty: 1 });
});

describe('a recogniser that cannot be used', () => {
  async function copied(): Promise<string> {
    const folder = join(folders(), 'view-apical');
    await mkdir(folder);
    for (const name of ['manifest.json', 'view.onnx'])
      await copyFile(join(shippedRecognisers, 'view-apical', name), join(folder, name));
    return folder;
  }
  const manifestOf = async (folder: string) =>
    JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Record<string, unknown>;

  it('is told by its hash, and the process goes on', async () => {
    const folder = await copied();
    await writeFile(join(folder, 'view.onnx'), 'altered');
    const altered = await readRecogniserFolder(folder);
    const shown = await pictures(viewClips[1]!);
    await expect(ask(shown, never, altered)).rejects.toMatchObject({ code: 'model-hash-mismatch' });
    const before = inference.childProcessId;
    expect((await ask(shown)).probability.length).toBe(4);
    expect(inference.childProcessId).toBe(before);
  });

  it('is told by tensors that its graph does not have', async () => {
    const folder = await copied();
    const manifest = await manifestOf(folder);
    const graph = manifest['graph'] as Record<string, unknown>;
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, graph: { ...graph, inputs: { sectors: 'pictures', wholes: 'wholes' } } }),
    );
    const wrong = await readRecogniserFolder(folder);
    await expect(ask(await pictures(viewClips[1]!), never, wrong)).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('pictures') as string,
    });
  });

  it.each([
    ['classes', ['a4c', 'a2c', 'other']],
    ['certainty', 1.5],
    ['schema', 'systola-model/1'],
  ])('is told by %s in its manifest', async (key, value) => {
    const folder = await copied();
    await writeFile(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...(await manifestOf(folder)), [key]: value }),
    );
    await expect(readRecogniserFolder(folder)).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining(key) as string,
    });
  });

  it('is told by a graph that is not there', async () => {
    const folder = await copied();
    await rm(join(folder, 'view.onnx'));
    await expect(readRecogniserFolder(folder)).rejects.toMatchObject({ code: 'model-not-found' });
  });

  it('is none where there is no folder', async () => {
    const shelf = new RecogniserShelf([join(folders(), 'no-such-folder')]);
    expect(await shelf.load()).toBeNull();
    expect(await shelf.info()).toBeNull();
  });

  it('is shown with what is wrong with it', async () => {
    const { name, version } = recogniser.manifest;
    const shelf = new RecogniserShelf([shippedRecognisers]);
    expect(await shelf.info()).toMatchObject({ name, version, problem: null });
    const folder = await copied();
    const copies = new RecogniserShelf([dirname(folder)]);
    await writeFile(join(folder, 'view.onnx'), 'altered');
    expect(await copies.info()).toMatchObject({ name, problem: expect.stringContaining('not the file') });
    await rm(join(folder, 'view.onnx'));
    expect(await copies.info()).toMatchObject({ name: null, problem: expect.any(String) });
  });
});

it('a process that was lost is replaced', async () => {
  const shown = await pictures(viewClips[1]!);
  const { probability } = await ask(shown);
  process.kill(inference.childProcessId!, 'SIGKILL');
  expect((await ask(shown)).probability).toEqual(probability);
});

it('a cancelled question ends as cancelled, and the next one is answered', async () => {
  const shown = await pictures(viewClips[1]!);
  const abort = new AbortController();
  const asked = ask(shown, abort.signal);
  abort.abort();
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  expect((await ask(shown)).probability.length).toBe(4);
});
