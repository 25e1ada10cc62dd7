import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ExportRequest, ExportState } from '../../../core/api/exports.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { dialogs } from '../../../renderer/dialogs/dialogs.svelte.ts';
import { askedFormats, chosenFormats, chosenIdentity } from '../../../renderer/export/export-choice.ts';
import { exports, outcomeOf } from '../../../renderer/export/exports.svelte.ts';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import { inWords } from '../../../renderer/words/language.svelte.ts';

const running: ExportState = {
  exportId: 'one',
  state: 'running',
  ...{ done: 0, total: 4, files: 0, file: null, refused: [], refusedTotal: 0, deletedLeftOut: 0 },
  ...{ taken: null, place: null, message: null },
};
const finished: ExportState = { ...running, state: 'finished', done: 4, files: 3, place: 'x.zip' };
const request: ExportRequest = {
  studies: ['1.2'],
  formats: ['pdf'],
  identity: 'unnamed',
  choices: {},
  destination: 'download',
};

let fetched: string[] = [];
beforeEach(() => {
  fetched = [];
  vi.stubGlobal('window', {});
  vi.stubGlobal('document', {
    createElement: () => ({
      href: '',
      download: '',
      click() {
        fetched.push(this.href);
      },
    }),
  });
  dialogs.open = 'export';
});
afterEach(() => {
  vi.unstubAllGlobals();
  dialogs.open = null;
  exports.current = null;
  for (const { id } of messages.list) messages.dismiss(id);
});

/** The application answers the start of an export with this, a moment later. */
function answering(state: ExportState): void {
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(state, { status: 202 })));
}

it('fetches what this window asked for, once, whichever news of its end comes first', async () => {
  answering(running);
  await exports.start(request);
  expect(exports.running).toBe(true);
  exports.receive({ ...running, files: 2, file: 'a.csv' });
  expect(exports.current?.file).toBe('a.csv');
  exports.receive(finished);
  exports.receive(finished);
  // An answer that was overtaken.
  exports.receive(running);
  expect(exports.current?.state).toBe('finished');
  expect(fetched).toEqual(['/api/exports/one/file']);

  exports.putAway();
  answering({ ...running, exportId: 'two' });
  const begun = exports.start(request);
  exports.receive({ ...finished, exportId: 'two' });
  await begun;
  expect(fetched).toEqual(['/api/exports/one/file', '/api/exports/two/file']);
});

it('follows one of another window, and fetches nothing of it', () => {
  exports.receive({ ...running, exportId: 'other' });
  expect(exports.running).toBe(true);
  exports.receive({ ...finished, exportId: 'other' });
  expect(exports.running).toBe(false);
  expect(fetched).toEqual([]);
  // One that had ended before is nobody's news.
  exports.putAway();
  exports.receive({ ...finished, exportId: 'earlier' });
  expect(exports.current).toBeNull();
});

it('says at the foot of the window what became of one whose dialog was closed', async () => {
  answering(running);
  await exports.start(request);
  dialogs.open = null;
  const refused = [{ file: '1.2', code: 'not-writable', reason: 'Nothing is measured.', format: 'x' }];
  exports.receive({ ...finished, refused, refusedTotal: 1 });
  const told = messages.list.map(({ text }) => inWords(text)).join('\n');
  expect(told).toContain('3 files given to the browser as x.zip');
  expect(told).toContain('1 could not be written: Nothing is measured.');
});

it('says why one did not begin, and lets another begin', async () => {
  vi.stubGlobal('fetch', () =>
    Promise.resolve(
      Response.json(
        { error: { code: 'bad-request', message: 'Another one runs.', file: null } },
        { status: 400 },
      ),
    ),
  );
  await exports.start(request);
  expect(inWords(exports.problem ?? '')).toBe('The export did not begin: Another one runs.');
  expect(exports.running).toBe(false);
  answering(running);
  await exports.start(request);
  expect(exports.problem).toBeNull();
});

it.each([
  [{ ...running, state: 'cancelled' }, 'Cancelled. Nothing was written.'],
  [
    { ...running, state: 'failed', message: '/x: The disk is full.' },
    'Nothing was written. /x: The disk is full.',
  ],
  [finished, '3 files given to the browser as x.zip'],
] as const)('has a sentence for every end: %j', (state, words) => {
  expect(inWords(outcomeOf(state as ExportState))).toBe(words);
});

it('remembers formats as far as they are there, and begins with report and default objects', () => {
  const format = {
    label: { id: 'a', values: {} },
    content: 'a',
    extension: 'a',
    mediaType: 'a',
    isFolder: false,
  };
  const exportFormats = [
    { ...format, id: 'pdf', group: 'report', isDefaultObject: false },
    { ...format, id: 'sr', group: 'dicom', isDefaultObject: true },
    { ...format, id: 'csv', group: 'research', isDefaultObject: false },
  ] as unknown as Parameters<typeof chosenFormats>[0]['exportFormats'];
  expect(chosenFormats({ exportFormats }, defaultSettings)).toEqual(['pdf', 'sr']);
  const layout = { 'export.formats': 'csv,gone' };
  expect(chosenFormats({ exportFormats }, { layout })).toEqual(['csv']);
  expect(chosenFormats({ exportFormats }, { layout: { 'export.formats': '' } })).toEqual([]);
});

it('asks for all default objects by one name', () => {
  const format = (id: string, isDefaultObject: boolean) => ({ id, isDefaultObject });
  const exportFormats = [
    format('pdf', false),
    format('sr', true),
    format('pr', true),
  ] as unknown as Parameters<typeof askedFormats>[0]['exportFormats'];
  expect(askedFormats({ exportFormats }, ['pdf', 'sr', 'pr'])).toEqual(['dicom', 'pdf']);
  expect(askedFormats({ exportFormats }, ['pdf', 'pr'])).toEqual(['pdf', 'pr']);
});

it('takes a preset of de-identification only where it is offered, else the tick of names', () => {
  const layout = { 'export.identity': 'sharing' };
  const two = ['unnamed', 'named'] as const;
  expect(chosenIdentity({ exportIdentities: two }, { layout, patientInFileNames: true })).toBe('named');
  expect(chosenIdentity({ exportIdentities: two }, { layout, patientInFileNames: false })).toBe('unnamed');
  expect(
    chosenIdentity({ exportIdentities: [...two, 'sharing'] }, { layout, patientInFileNames: true }),
  ).toBe('sharing');
});
