import { describe, expect, it } from 'vitest';
import type { ImportState } from '../../../core/api/requests.ts';
import { mergeImport } from '../../../renderer/import/merge-import.ts';

const state = (rejectedFrom: number, files: readonly string[], importId = 'a'): ImportState => ({
  importId,
  state: 'running',
  filesDone: rejectedFrom + files.length,
  filesTotal: 10,
  currentFile: null,
  accepted: 0,
  known: 0,
  documents: 0,
  rejected: files.map((file) => ({ file, code: 'truncated', reason: 'cut' })),
  rejectedFrom,
  rejectedTotal: rejectedFrom + files.length,
  passedOver: { count: 0, names: [] },
  studies: [],
  message: null,
});
const files = (merged: ImportState | null) => merged?.rejected.map(({ file }) => file);

describe('mergeImport', () => {
  it('adds what is new to what is known', () => {
    const known = mergeImport(mergeImport(null, state(0, ['1', '2'])), state(2, ['3']));
    expect(files(known)).toEqual(['1', '2', '3']);
    expect(known).toMatchObject({ filesDone: 3, rejectedFrom: 0 });
    expect(files(mergeImport(known, state(3, [])))).toEqual(['1', '2', '3']);
  });

  it('takes what comes twice once', () => {
    expect(files(mergeImport(state(0, ['1', '2', '3']), state(1, ['2', '3', '4'])))).toEqual([
      '1',
      '2',
      '3',
      '4',
    ]);
  });

  it('says when something is missing', () => {
    expect(mergeImport(state(0, ['1']), state(3, ['4']))).toBeNull();
    expect(mergeImport(state(0, ['1'], 'b'), state(1, ['2']))).toBeNull();
    expect(mergeImport(null, state(1, ['2']))).toBeNull();
  });

  it('begins anew with another import', () => {
    expect(files(mergeImport(state(0, ['1'], 'b'), state(0, ['x'])))).toEqual(['x']);
  });
});
