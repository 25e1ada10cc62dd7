import type { Decision, Revision } from './review.ts';
import type { SignedResult } from './signed-result.ts';

/** One signature of a study's history, without its numbers. */
export interface Signature {
  readonly version: number;
  /** The revision that it was signed by. */
  readonly revision: number;
  readonly state: 'accepted' | 'rejected';
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  /** Why the study was signed again; null where nobody had to say. */
  readonly reason: string | null;
  /** The revision of the version that it replaces. */
  readonly replaces: number | null;
  /** False of one that was stored before numbers were kept with it. */
  readonly hasNumbers: boolean;
  /** An undo took it back, so that it counts for nothing. */
  readonly undone: boolean;
}

/** A signature with what was signed; null where that was not kept. */
export interface SignedVersion extends Signature {
  readonly signed: SignedResult | null;
}

/** Every signature of a study, the first first. What an undo brings back is the signature that it was. */
export function signedVersions(revisions: readonly Revision[]): SignedVersion[] {
  const versions: SignedVersion[] = [];
  for (const { id, kind, target, changes } of revisions) {
    if (kind === 'undo') takeBack(versions, revisions, target);
    if (kind !== 'edit' && kind !== 'redo') continue;
    const decision = changes.findLast((change) => change.slot === 'decision')?.after;
    if (decision === undefined || decision.state === 'pending') continue;
    versions.push(versionOf(decision, id, versions.length + 1));
  }
  return versions;
}

export function signatureOf({ signed: _numbers, ...signature }: SignedVersion): Signature {
  return signature;
}

/** The signature that another acceptance has to give a reason for: the last that accepted the study and was not undone. */
export function signatureToAmend<T extends Signature>(signatures: readonly T[]): T | null {
  return signatures.findLast(({ state, undone }) => state === 'accepted' && !undone) ?? null;
}

/** The last signature that was not undone, which the next one replaces. */
export function lastSignature<T extends Signature>(signatures: readonly T[]): T | null {
  return signatures.findLast(({ undone }) => !undone) ?? null;
}

function versionOf(
  decision: Exclude<Decision, { state: 'pending' }>,
  revision: number,
  counted: number,
): SignedVersion {
  const { state, at, by, reason = null, signed = null } = decision;
  return {
    version: signed?.version ?? counted,
    revision,
    state,
    at,
    by,
    reason,
    replaces: signed?.replaces ?? null,
    hasNumbers: signed !== null,
    undone: false,
    signed,
  };
}

/** An undo means the edit that it names, or the last time that this was made again. */
function takeBack(versions: SignedVersion[], revisions: readonly Revision[], target: number | null): void {
  const again = new Set(
    revisions.filter(({ kind, target: of }) => kind === 'redo' && of === target).map(({ id }) => id),
  );
  const index = versions.findLastIndex(({ revision }) => revision === target || again.has(revision));
  const taken = versions[index];
  if (taken !== undefined) versions[index] = { ...taken, undone: true };
}
