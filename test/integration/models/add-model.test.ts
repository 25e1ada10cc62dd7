import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { addCorrection } from '../../fixtures/models/correction.ts';
import {
  copiesThePicture,
  manifestOf,
  microModelFolder,
  microName,
  tinyModelFolder,
} from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { computer } from './computer.ts';

const folder = temporaryFolders();
const signal = new AbortController().signal;

describe('adding a model folder', () => {
  it('copies its three files, whole, and lists it as the user’s', async () => {
    const { added, elsewhere, registry, add, told } = computer(folder());
    const source = microModelFolder(elsewhere, 'some where');
    writeFileSync(join(source, 'notes.txt'), 'not of the model');
    expect(await add(source)).toEqual({ outcome: 'added', name: microName });
    expect(readdirSync(added)).toEqual([microName]);
    expect(readdirSync(join(added, microName)).sort()).toEqual(['card.md', 'manifest.json', 'model.onnx']);
    expect(await registry.list(true)).toMatchObject([{ name: microName, problem: null, origin: 'added' }]);
    expect(told.map((model) => model.folder)).toEqual([join(added, microName)]);
    // The source may go: nothing refers to it.
    rmSync(source, { recursive: true });
    await registry.load(microName);
  });

  it('brings the correction network along, and names it in the list', async () => {
    const { added, elsewhere, registry, add, additions } = computer(folder());
    const source = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    addCorrection(source, 'sound', { width: 24, height: 20 });
    expect(await add(source)).toEqual({ outcome: 'added', name: 'tiny' });
    const files = ['card.md', 'correction.onnx', 'manifest.json', 'model.onnx'];
    expect(readdirSync(join(added, 'tiny')).sort()).toEqual(files);
    expect((await registry.load('tiny')).correctionPath).toBe(join(added, 'tiny', 'correction.onnx'));
    const { additionId } = await additions.startUpload();
    const uploaded = tinyModelFolder(elsewhere, 'uploaded', copiesThePicture);
    addCorrection(uploaded);
    for (const file of files) {
      await additions.receive(additionId, `uploaded/${file}`, Readable.from(readFileSync(join(uploaded, file))));
    }
    expect(await additions.finish(additionId, signal)).toEqual({ outcome: 'added', name: 'uploaded' });
    expect(readdirSync(join(added, 'uploaded')).sort()).toEqual(files);
  });

  it('takes one made by the converter: whole frames, transposed', async () => {
    const { elsewhere, registry, add } = computer(folder());
    const source = microModelFolder(elsewhere, 'converted', (manifest) => {
      manifest.name = 'gdkvm-converted';
      manifest.input = { ...manifest.input, geometry: 'frame', orientation: 'transposed' };
      manifest.accuracy = [];
    });
    expect(await add(source)).toEqual({ outcome: 'added', name: 'gdkvm-converted' });
    expect((await registry.load('gdkvm-converted')).manifest.input).toMatchObject({
      geometry: 'frame',
      orientation: 'transposed',
    });
  });

  it('of a name that is there: nothing when it is the same, a refusal when it is another', async () => {
    const { bundled, added, elsewhere, add, refusal, registry } = computer(folder());
    tinyModelFolder(bundled, 'tiny', copiesThePicture);
    const same = tinyModelFolder(elsewhere, 'tiny', copiesThePicture);
    expect(await add(same)).toEqual({ outcome: 'already-there', name: 'tiny' });
    const halved = [{ operator: 'Sqrt', inputs: ['image'], outputs: ['probability'] }];
    const other = tinyModelFolder(join(elsewhere, 'other'), 'tiny', halved);
    const error = await refusal(other);
    expect(error).toMatchObject({ code: 'model-name-taken', file: other });
    expect(error.message).toMatch(/comes with Systola.*another "name"/);
    expect(readdirSync(added)).toEqual([]);
    expect(await registry.list(true)).toHaveLength(1);
  });

  it('of the same graph with another manifest is told from the same model', async () => {
    const { added, elsewhere, add, refusal } = computer(folder());
    await add(tinyModelFolder(elsewhere, 'tiny', copiesThePicture));
    const recalibrated = tinyModelFolder(join(elsewhere, 'new'), 'tiny', copiesThePicture, { threshold: 0.4 });
    const error = await refusal(recalibrated);
    expect(error).toMatchObject({ code: 'model-name-taken', file: recalibrated });
    expect(error.message).toMatch(/this graph and another manifest.*Remove that one first/);
    expect(manifestOf(join(added, 'tiny')).threshold).toBe(0.5);
  });

  it('is refused where another folder has its place', async () => {
    const { added, elsewhere, refusal } = computer(folder());
    tinyModelFolder(added, 'tiny', copiesThePicture, { name: 'put-there-by-hand' });
    const error = await refusal(tinyModelFolder(elsewhere, 'tiny', copiesThePicture));
    expect(error.code).toBe('model-name-taken');
    expect(manifestOf(join(added, 'tiny')).name).toBe('put-there-by-hand');
  });
});

describe('an addition that ends early leaves nothing behind', () => {
  it('what is cancelled', async () => {
    const { added, elsewhere, additions } = computer(folder());
    const abort = new AbortController();
    const adding = additions.addFolder(tinyModelFolder(elsewhere, 'tiny', copiesThePicture), abort.signal);
    abort.abort();
    await expect(adding).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(added)).toEqual([]);
  });

  it('what is cancelled while nothing arrives', async () => {
    const { added, additions } = computer(folder());
    const { additionId } = await additions.startUpload();
    const received = additions.receive(additionId, 'tiny/model.onnx', new Readable({ read: () => undefined }));
    await Promise.all([
      expect(received).rejects.toMatchObject({ code: 'cancelled' }),
      additions.cancel(additionId),
    ]);
    expect(readdirSync(added)).toEqual([]);
  });

  it('what a crash left behind is not a model, and goes when it is old', async () => {
    const { added, elsewhere, registry, add } = computer(folder());
    const left = ['.adding-1', '.removed-1'].map((name) => tinyModelFolder(added, name, copiesThePicture));
    expect(await registry.list()).toEqual([]);
    execFileSync('touch', ['-d', '2 days ago', ...left]);
    await add(tinyModelFolder(elsewhere, 'tiny', copiesThePicture));
    expect(readdirSync(added)).toEqual(['tiny']);
    expect(readFileSync(join(added, 'tiny', 'card.md'), 'utf8')).toBe('# tiny\n');
  });
});
