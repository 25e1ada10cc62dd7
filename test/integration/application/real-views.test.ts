import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ViewCode } from '../../../core/clip/view.ts';
import { createServices, type Services } from '../../../main/application/services.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { shippedRecognisers } from '../../fixtures/views/view-clips.ts';

const data = process.env['SYSTOLA_TEST_DATA'] ?? '';
const folder = temporaryFolders();
let services: Services | null = null;
afterEach(async () => {
  await services?.close();
  services = null;
});

/** What the pictures of files tell, by the end of their paths, whatever the files state. */
async function recognised(paths: readonly string[]): Promise<Map<string, ViewCode>> {
  services = await createServices({
    libraryPath: folder(),
    modelFolders: [],
    recogniserFolders: [shippedRecognisers],
  });
  const { imports, views, library } = services;
  const taken = new Map<string, string>();
  const { importId } = imports.start([...paths], {
    onTaken: ({ file, sopInstanceUid }) => taken.set(sopInstanceUid, file),
  });
  await imports.ended(importId);
  const never = new AbortController().signal;
  for (const uid of taken.keys()) await views.recognise(uid, never);
  return new Map(
    [...taken].map(([uid, file]) => {
      const { studyInstanceUid } = library.clip(uid).facts;
      const recognition = library.study(studyInstanceUid).review.clips[uid]?.recognition;
      return [file, recognition?.code ?? 'unknown'];
    }),
  );
}

/** Loops with the views that people who know say they are of; the recogniser has learned from them. */
const loops: Readonly<Record<string, ViewCode>> = {
  'acuson-sequoia-a4c/DIRW0007.dcm': 'a4c',
  'sonosite-a4c/examples_ybr_color.dcm': 'a4c',
  'acuson-stress-rest/I_000007.dcm': 'other',
  'acuson-stress-rest/I_000008.dcm': 'other',
  'acuson-stress-rest/I_000009.dcm': 'a4c',
  'acuson-stress-rest/I_000010.dcm': 'a2c',
  'acuson-stress-rest/I_000011.dcm': 'a3c',
  'acuson-stress-rest/I_000012.dcm': 'other',
  'toshiba-xario/I_000036.dcm': 'a4c',
  'hp-paediatric/I_000001.dcm': 'other',
  'hp-paediatric/I_000003.dcm': 'other',
};
const files = Object.keys(loops).map((name) => join(data, 'dicom', name));
const hasLoops = data !== '' && files.every((file) => existsSync(file));
if (!hasLoops) console.log('Skipped: views of real loops (SYSTOLA_TEST_DATA is not set or lacks dicom).');

it.runIf(hasLoops)(
  'real loops of many scanners are recognised for what they are',
  async () => {
    const found = await recognised(files);
    expect(Object.fromEntries(files.map((file) => [file, found.get(file)]))).toEqual(
      Object.fromEntries(Object.entries(loops).map(([name, view]) => [join(data, 'dicom', name), view])),
    );
  },
  120_000,
);

const camus = join(data, 'camus', 'a4c-dicom');
const hasCamus = data !== '' && existsSync(camus);
if (!hasCamus) console.log('Skipped: views of CAMUS patients (SYSTOLA_TEST_DATA is not set or lacks them).');

it.runIf(hasCamus)(
  'four-chamber clips of patients that taught nothing are told or left open',
  async () => {
    const names = readdirSync(camus).filter((name) => name.endsWith('.dcm'));
    const found = await recognised(names.map((name) => join(camus, name)));
    expect(found.size).toBe(names.length);
    const told = [...found.values()].filter((view) => view !== 'unknown');
    expect(told.every((view) => view === 'a4c')).toBe(true);
    // 96 of 100 validation clips are told.
    expect(told.length).toBeGreaterThanOrEqual(0.9 * names.length);
  },
  120_000,
);
