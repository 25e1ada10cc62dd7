import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../core/settings/settings.ts';
import { InferenceService } from '../../../main/inference/inference-service.ts';
import { AcceleratorSearch } from '../../../main/models/accelerator-search.ts';
import { ModelShelf } from '../../../main/models/model-shelf.ts';
import { ModelRegistry } from '../../../main/models/registry.ts';
import { copiesThePicture, tinyModelFolder } from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const inference = new InferenceService({ threads: 1 });
afterAll(() => inference.close());

it('is the accurate model on an accelerator and the fast one on the processor, found by running it', async () => {
  const bundled = folder();
  const inverted = [...copiesThePicture, { operator: 'Neg', inputs: ['image'], outputs: ['unused'] }];
  tinyModelFolder(bundled, 'a-fast', copiesThePicture, { role: 'fast' });
  tinyModelFolder(bundled, 'b-accurate', inverted, { role: 'accurate' });
  const registry = new ModelRegistry([bundled], join(folder(), 'added'));
  const accelerators = new AcceleratorSearch(inference);
  const settings: Settings = { ...defaultSettings };
  let changes = 0;
  const shelf = new ModelShelf({
    registry,
    accelerators,
    settings: () => settings,
    choose: () => settings,
    isRunning: () => false,
    onRemoved: () => undefined,
    onChange: () => (changes += 1),
  });
  const nameOn = async (provider: Settings['provider']) => (await shelf.load(null, provider)).manifest.name;
  // Who names a provider has said what there is.
  expect(await nameOn('cpu')).toBe('a-fast');
  expect(await nameOn('cuda')).toBe('b-accurate');

  const { sha256 } = (await registry.load('b-accurate')).manifest.graph;
  expect(accelerators.known('auto', sha256)).toBe(null);
  // Until it is known, the list waits for nothing and shows the fast one; runs wait for the answer.
  expect((await shelf.list()).map(({ name, byDefault }) => [name, byDefault])).toEqual([
    ['a-fast', true],
    ['b-accurate', false],
  ]);
  const found = await nameOn('auto');
  const accelerator = accelerators.known('auto', sha256);
  expect(accelerator).not.toBe(null);
  expect(found).toBe(accelerator ? 'b-accurate' : 'a-fast');
  expect((await shelf.list()).find(({ active }) => active)?.name).toBe(found);
  expect(changes).toBe(accelerator ? 1 : 0);
});

/** Two models, and a search whose end the test decides: no accelerator is at hand everywhere. */
function searched(accelerator: InferenceService['accelerator']) {
  const bundled = folder();
  const inverted = [...copiesThePicture, { operator: 'Neg', inputs: ['image'], outputs: ['unused'] }];
  tinyModelFolder(bundled, 'a-fast', copiesThePicture, { role: 'fast' });
  tinyModelFolder(bundled, 'b-accurate', inverted, { role: 'accurate' });
  const registry = new ModelRegistry([bundled], join(folder(), 'added'));
  let changes = 0;
  const shelf = new ModelShelf({
    registry,
    accelerators: new AcceleratorSearch({ accelerator }),
    settings: () => defaultSettings,
    choose: () => defaultSettings,
    isRunning: () => false,
    onRemoved: () => undefined,
    onChange: () => (changes += 1),
  });
  return { shelf, changes: () => changes };
}

it('that a search finds is told once, however often the list was read meanwhile', async () => {
  const found = Promise.withResolvers<'cuda'>();
  const { shelf, changes } = searched(() => found.promise);
  for (let reading = 0; reading < 3; reading += 1) await shelf.list();
  const loaded = shelf.load(null, 'auto');
  found.resolve('cuda');
  expect((await loaded).manifest.name).toBe('b-accurate');
  await shelf.list();
  expect(changes()).toBe(1);
});

it('is looked for again after a search that a defect ended', async () => {
  let searches = 0;
  const { shelf } = searched(async () => {
    searches += 1;
    if (searches === 1) throw new TypeError('a defect');
    return 'cuda';
  });
  await expect(shelf.load(null, 'auto')).rejects.toThrow('a defect');
  expect((await shelf.load(null, 'auto')).manifest.name).toBe('b-accurate');
  await shelf.load(null, 'auto');
  expect(searches).toBe(2);
});
