import { describe, expect, it } from 'vitest';
import type { PendingEdit } from '../../../renderer/state/save-queue.ts';
import { studiesWithUnsent, UnsentEdits, type KeptStorage } from '../../../renderer/state/unsent-edits.ts';

class MemoryStorage implements KeptStorage {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
  key = (index: number) => [...this.items.keys()][index] ?? null;
  get length(): number {
    return this.items.size;
  }
}

const edit: PendingEdit = {
  label: 'set view to A2C',
  changes: [
    {
      slot: 'view',
      sopInstanceUid: '1.2',
      before: { code: 'a4c', source: 'file' },
      after: { code: 'a2c', source: 'user' },
    },
  ],
};

describe('changes that could not be sent', () => {
  it('are there for the next window, of their own study only, and gone once they are saved', () => {
    const storage = new MemoryStorage();
    new UnsentEdits('1', storage).keep([edit]);
    expect(new UnsentEdits('1', storage).kept()).toEqual([edit]);
    expect(new UnsentEdits('2', storage).kept()).toEqual([]);
    new UnsentEdits('1', storage).keep([]);
    expect(storage.items.size).toBe(0);
  });

  it('of an earlier version are read as what they were', () => {
    const storage = new MemoryStorage();
    const change = { slot: 'trace', sopInstanceUid: '1.2', frame: 3, before: null, after: null };
    storage.setItem('systola.unsent.1', JSON.stringify([{ label: 'x', changes: [change] }]));
    expect(new UnsentEdits('1', storage).kept()).toEqual([
      { label: 'x', changes: [{ ...change, structure: 'lv-cavity' }] },
    ]);
    const third = { ...change, structure: 'lv-cavity' };
    storage.setItem(
      'systola.unsent.1',
      JSON.stringify({ format: 3, edits: [{ label: 'x', changes: [third] }] }),
    );
    expect(new UnsentEdits('1', storage).kept()).toEqual([{ label: 'x', changes: [third] }]);
    storage.setItem(
      'systola.unsent.1',
      JSON.stringify({ format: 99, edits: [{ label: 'x', changes: [change] }] }),
    );
    expect(new UnsentEdits('1', storage).kept()).toEqual([]);
  });

  it('are none where they cannot be read, and no error where there is no room', () => {
    const storage = new MemoryStorage();
    storage.setItem('systola.unsent.1', '[{"label":"x","changes":[{"slot":"nothing"}]}]');
    expect(new UnsentEdits('1', storage).kept()).toEqual([]);
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    expect(() => new UnsentEdits('1', storage).keep([edit])).not.toThrow();
    expect(new UnsentEdits('1', null).kept()).toEqual([]);
  });
});

it('studies with changes that could not be sent are known by what the browser keeps, and by nothing else', () => {
  const storage = new MemoryStorage();
  storage.setItem('something else', '1');
  expect(studiesWithUnsent(storage)).toEqual([]);
  new UnsentEdits('1.9', storage).keep([edit]);
  new UnsentEdits('1.10', storage).keep([edit]);
  expect(studiesWithUnsent(storage)).toEqual(['1.9', '1.10']);
  new UnsentEdits('1.9', storage).keep([]);
  expect(studiesWithUnsent(storage)).toEqual(['1.10']);
  expect(studiesWithUnsent(null)).toEqual([]);
});
