import { describe, expect, it } from 'vitest';
import type { ListedStudy } from '../../../core/api/study-summary.ts';
import { neighbours } from '../../../renderer/studies/neighbours.ts';
import { filteredStudies } from '../../../renderer/state/study-filter.ts';
import { nextOrder, orderedStudies, orderOf, orderText } from '../../../renderer/state/study-order.ts';
import { expectedStudies } from '../../../renderer/worklist/expected-studies.ts';
import { cellByKey } from '../../../renderer/worklist/grid-keys.ts';
import { rowsInView, scrolledTo } from '../../../renderer/worklist/rows-in-view.ts';

const study = (studyInstanceUid: string, changes: Partial<ListedStudy> = {}): ListedStudy => ({
  studyInstanceUid,
  patientName: studyInstanceUid,
  patientId: studyInstanceUid,
  studyDate: '2026-01-02',
  description: null,
  clips: 1,
  documents: 0,
  decision: 'pending',
  status: 'to-review',
  asOf: 1,
  result: null,
  ...changes,
});
const withEf = (uid: string, percent: number | null, count = 0): ListedStudy =>
  study(uid, {
    result: {
      ejection: percent === null ? null : { percent, biplane: false, unsure: false },
      reliability: count === 0 ? { state: 'reliable' } : { state: 'check', count },
      views: [],
      unmeasured: 0,
      corrected: false,
      reader: null,
    },
  });
const uids = (studies: readonly ListedStudy[]) => studies.map(({ studyInstanceUid }) => studyInstanceUid);

describe('the order of the list', () => {
  it('counts numbers in names as numbers, without case and accents', () => {
    const all = ['P10', 'p9', 'Élan', 'zebra', 'Emil'].map((patientId, index) =>
      study(String(index), { patientId }),
    );
    const ordered = orderedStudies(all, { column: 'id', descending: false });
    expect(ordered.map(({ patientId }) => patientId)).toEqual(['Élan', 'Emil', 'p9', 'P10', 'zebra']);
  });

  it('puts what has no value at the end, whichever way', () => {
    const all = [withEf('none', null), withEf('low', 30), study('unknown'), withEf('high', 60)];
    expect(uids(orderedStudies(all, { column: 'ef', descending: false })).slice(0, 2)).toEqual([
      'low',
      'high',
    ]);
    expect(uids(orderedStudies(all, { column: 'ef', descending: true })).slice(0, 2)).toEqual([
      'high',
      'low',
    ]);
    const flags = orderedStudies([withEf('three', 50, 3), withEf('fine', 50), withEf('one', 50, 1)], {
      column: 'flags',
      descending: true,
    });
    expect(uids(flags)).toEqual(['three', 'one', 'fine']);
  });

  it('goes upwards, downwards, and back to how they came; it is read as it was written', () => {
    const up = nextOrder(null, 'date');
    const down = nextOrder(up, 'date');
    expect([up?.descending, down?.descending, nextOrder(down, 'date')]).toEqual([false, true, null]);
    expect(nextOrder(down, 'name')).toEqual({ column: 'name', descending: false });
    for (const order of [up, down, null]) expect(orderOf(orderText(order))).toEqual(order);
    expect(orderOf('-weight')).toBeNull();
  });
});

it('the filters show those to review, signed or of today', () => {
  const now = new Date(2026, 0, 2, 8);
  const all = [
    study('new', { status: 'new' }),
    study('signed', { status: 'signed', decision: 'accepted' }),
    study('rejected', { status: 'rejected', decision: 'rejected', studyDate: '20260102' }),
    study('old', { studyDate: '2025-12-31' }),
    study('broken', { status: 'problem', problem: 'damaged', studyDate: null }),
  ];
  expect(uids(filteredStudies(all, 'to-review', false, now))).toEqual(['new', 'old']);
  expect(uids(filteredStudies(all, 'signed', false, now))).toEqual(['signed']);
  expect(uids(filteredStudies(all, 'problem', false, now))).toEqual(['broken']);
  expect(uids(filteredStudies(all, null, true, now))).toEqual(['new', 'signed', 'rejected']);
  expect(uids(filteredStudies(all, 'to-review', true, now))).toEqual(['new']);
});

it('the reader comes to what stands behind the open study, then to the rest, and to nothing that is decided', () => {
  const all = [study('a'), study('b'), study('c', { decision: 'accepted' }), study('d')];
  expect(expectedStudies(all, 'b')).toEqual(['d', 'a']);
  expect(expectedStudies(all, null)).toEqual(['a', 'b', 'd']);
});

describe('the rows that are drawn', () => {
  it('are those in view and a few more, whatever is scrolled to', () => {
    expect(rowsInView(0, 600, 30, 5000)).toEqual({ first: 0, end: 32 });
    expect(rowsInView(30_000, 600, 30, 5000)).toEqual({ first: 988, end: 1032 });
    expect(rowsInView(149_400, 600, 30, 5000)).toEqual({ first: 4968, end: 5000 });
    // Scrolled further than a list that has just become shorter.
    expect(rowsInView(30_000, 600, 30, 3)).toEqual({ first: 2, end: 3 });
    expect(rowsInView(0, 600, 30, 0)).toEqual({ first: 0, end: 0 });
  });

  it('are scrolled as little as can be', () => {
    expect(scrolledTo(5, 0, 600, 30)).toBe(0);
    expect(scrolledTo(20, 0, 600, 30)).toBe(30);
    expect(scrolledTo(3, 300, 600, 30)).toBe(90);
  });
});

describe('keys of the grid', () => {
  const press = (key: string, row: number, modifiers: Partial<KeyboardEvent> = {}) =>
    cellByKey(
      { key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...modifiers },
      { row, column: 1 },
      { rows: 100, columns: 8, page: 10 },
    );

  it('lead to cells, and never out of the grid', () => {
    expect(press('ArrowDown', 99)).toEqual({ row: 99, column: 1 });
    expect(press('ArrowUp', 0), 'the headings').toEqual({ row: -1, column: 1 });
    expect(press('ArrowLeft', 4)).toEqual({ row: 4, column: 0 });
    expect(press('PageDown', 4)).toEqual({ row: 14, column: 1 });
    expect(press('PageUp', 4)).toEqual({ row: 0, column: 1 });
    expect(press('Home', 50)).toEqual({ row: 0, column: 1 });
    expect(press('End', 50)).toEqual({ row: 99, column: 1 });
    expect(press('End', 50, { ctrlKey: true })).toEqual({ row: 99, column: 7 });
  });

  it('are no letters and nothing with Alt: those are the window’s', () => {
    for (const key of ['j', 'k', 'w', 'a', ' ']) expect(press(key, 5)).toBeNull();
    expect(press('ArrowDown', 5, { altKey: true })).toBeNull();
  });
});

it('the narrow list draws what stands around the open study', () => {
  const all = Array.from({ length: 5000 }, (_, index) => index);
  expect(neighbours(all, -1).slice(0, 2)).toEqual([0, 1]);
  expect(neighbours(all, 2500)).toHaveLength(60);
  expect(neighbours(all, 2500)).toContain(2500);
  expect(neighbours(all, 4999).at(-1)).toBe(4999);
  expect(neighbours([1, 2], 1)).toEqual([1, 2]);
});
