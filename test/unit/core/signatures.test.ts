import { describe, expect, it } from 'vitest';
import { entryOf, type HistoryEntry } from '../../../core/review/history-entry.ts';
import type { Change, Decision, RevisionKind } from '../../../core/review/review.ts';
import { lastSignature, signatureToAmend, signaturesOf } from '../../../core/review/signatures.ts';

const pending: Decision = { state: 'pending' };
const accepted = (by: string, reason?: string): Decision => ({
  state: 'accepted',
  at: '2026-01-01T00:00:00Z',
  by,
  ...(reason === undefined ? {} : { reason }),
});
const decided = (before: Decision, after: Decision): Change => ({ slot: 'decision', before, after });

/** Revisions 1, 2, 3 … of these kinds and decisions. */
function history(...steps: readonly [RevisionKind, Change | null, number?][]): HistoryEntry[] {
  return steps.map(([kind, change, target], index) =>
    entryOf({
      id: index + 1,
      studyInstanceUid: '1',
      at: '2026-01-01T00:00:00Z',
      author: 'x',
      kind,
      label: 'x',
      changes: change === null ? [] : [change],
      target: target ?? null,
    }),
  );
}
const [ada, bob] = [accepted('Ada'), accepted('Bob', 'wall moved')];
const shortly = (revisions: readonly HistoryEntry[]) =>
  signaturesOf(revisions).map(({ version, revision, by, undone }) => [version, revision, by, undone]);

describe('signatures', () => {
  it('are counted as they were made; an edit that takes one back is none', () => {
    const revisions = history(
      ['edit', decided(pending, ada)],
      ['edit', decided(ada, pending)],
      ['edit', null],
      ['edit', decided(pending, bob)],
    );
    expect(shortly(revisions)).toEqual([
      [1, 1, 'Ada', false],
      [2, 4, 'Bob', false],
    ]);
    expect(signaturesOf(revisions)[1]).toMatchObject({ reason: 'wall moved', hasNumbers: false });
    expect(lastSignature(signaturesOf(revisions))).toMatchObject({ version: 2 });
  });

  it('that an undo brings back are those that they were', () => {
    const revisions = history(
      ['edit', decided(pending, ada)],
      ['edit', decided(ada, pending)],
      ['undo', decided(pending, ada), 2],
    );
    expect(shortly(revisions)).toEqual([[1, 1, 'Ada', false]]);
  });

  it('that were undone count for nothing, and making one again is another', () => {
    const undone = history(['edit', decided(pending, ada)], ['undo', decided(ada, pending), 1]);
    expect(shortly(undone)).toEqual([[1, 1, 'Ada', true]]);
    expect(signatureToAmend(signaturesOf(undone))).toBeNull();
    const again = history(
      ['edit', decided(pending, ada)],
      ['undo', decided(ada, pending), 1],
      ['redo', decided(pending, ada), 1],
    );
    expect(shortly(again)).toEqual([
      [1, 1, 'Ada', true],
      [2, 3, 'Ada', false],
    ]);
    const twice = history(
      ['edit', decided(pending, ada)],
      ['undo', decided(ada, pending), 1],
      ['redo', decided(pending, ada), 1],
      ['undo', decided(ada, pending), 1],
    );
    expect(shortly(twice).map(([, , , undone]) => undone)).toEqual([true, true]);
  });

  it('have to be amended with a reason where one accepted the study, not where it was rejected', () => {
    const rejected: Decision = { state: 'rejected', at: '', by: 'Ada' };
    expect(signatureToAmend(signaturesOf(history(['edit', decided(pending, rejected)])))).toBeNull();
    const both = history(['edit', decided(pending, ada)], ['edit', decided(ada, rejected)]);
    expect(signatureToAmend(signaturesOf(both))).toMatchObject({ revision: 1 });
  });
});
