import type { HistoryEntry } from './history-entry.ts';
import type { Signature } from './signature.ts';

export type { Signature } from './signature.ts';
import type { SignedResult } from './signed-result.ts';

/** A signature with what was signed; null where that was not kept. */
export interface SignedVersion extends Signature {
  readonly signed: SignedResult | null;
}

/** Every signature of a study, the first first. What an undo brings back is the signature that it was. */
export function signaturesOf(history: readonly HistoryEntry[]): Signature[] {
  const found: Signature[] = [];
  for (const { id, kind, target, signature } of history) {
    if (kind === 'undo') takeBack(found, history, target);
    if (signature === undefined) continue;
    found.push({ ...signature, version: signature.version ?? found.length + 1, revision: id, undone: false });
  }
  return found;
}

/** The signature that another acceptance has to give a reason for: the last that accepted the study and was not undone. */
export function signatureToAmend<T extends Signature>(signatures: readonly T[]): T | null {
  return signatures.findLast(({ state, undone }) => state === 'accepted' && !undone) ?? null;
}

/** The last signature that was not undone, which the next one replaces. */
export function lastSignature<T extends Signature>(signatures: readonly T[]): T | null {
  return signatures.findLast(({ undone }) => !undone) ?? null;
}

/** An undo means the edit that it names, or the last time that this was made again. */
function takeBack(signatures: Signature[], history: readonly HistoryEntry[], target: number | null): void {
  const again = new Set(
    history.filter(({ kind, target: of }) => kind === 'redo' && of === target).map(({ id }) => id),
  );
  const index = signatures.findLastIndex(({ revision }) => revision === target || again.has(revision));
  const taken = signatures[index];
  if (taken !== undefined) signatures[index] = { ...taken, undone: true };
}
