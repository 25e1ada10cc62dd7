import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createServices } from '../../../main/application/services.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

it('what cannot be closed keeps the library open until everything else is', async () => {
  const services = await createServices({ libraryPath: folder(), modelFolders: [] });
  const { library, imports, runs, inference } = services;
  const closed: string[] = [];
  imports.close = () => Promise.reject(new Error('a defect'));
  const closeRuns = runs.close.bind(runs);
  runs.close = async () => {
    for (let turns = 0; turns < 20; turns += 1) await turn();
    // A run that ends writes what it found.
    library.updateSettings({ reader: 'A' });
    await closeRuns();
    closed.push('runs');
  };
  const closeInference = inference.close.bind(inference);
  inference.close = async () => {
    await closeInference();
    closed.push('inference');
  };
  const closeLibrary = library.close.bind(library);
  library.close = () => {
    closeLibrary();
    closed.push('library');
  };
  await expect(services.close()).rejects.toThrow('a defect');
  expect(closed).toEqual(['runs', 'inference', 'library']);
});
