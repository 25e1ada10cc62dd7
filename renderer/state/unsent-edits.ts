import { z } from 'zod';
import { changeSchema } from '../../core/review/schema.ts';
import { revisionFormat, upcastChanges } from '../../core/review/upcast.ts';
import type { Change } from '../../core/review/review.ts';
import type { PendingEdit } from './save-queue.ts';

/** What of the browser's storage is used; tests pass a Map in its clothes. */
export type KeptStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const changesSchema = z.array(changeSchema);
/** Of the version before there was a format, the list alone. */
const keptSchema = z.union([
  z.object({
    format: z.number().int(),
    edits: z.array(
      z.object({ label: z.string(), changes: z.unknown(), nudge: z.literal(true).exactOptional() }),
    ),
  }),
  z.array(z.object({ label: z.string(), changes: z.unknown() })).transform((edits) => ({ format: 2, edits })),
]);

const prefix = 'systola.unsent.';
const keyOf = (studyInstanceUid: string) => `${prefix}${studyInstanceUid}`;

/** Studies of which an earlier window kept edits. */
export function studiesWithUnsent(storage: Pick<Storage, 'length' | 'key'> | null): string[] {
  if (storage === null) return [];
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/**
 * Edits that the library has not confirmed, kept by the browser for as long as that lasts: they outlive a reload of the
 * window and a Systola that was ended and started again. Nothing stays there once it is saved. Contours and numbers
 * only; no name, no picture.
 */
export class UnsentEdits {
  readonly #storage: KeptStorage | null;
  readonly #key: string;

  constructor(studyInstanceUid: string, storage: KeptStorage | null) {
    this.#storage = storage;
    this.#key = keyOf(studyInstanceUid);
  }

  /** Replaces what is kept. A browser that has no room for it keeps nothing; the edits are in the window still. */
  keep(edits: readonly PendingEdit[]): void {
    try {
      if (edits.length === 0) this.#storage?.removeItem(this.#key);
      else this.#storage?.setItem(this.#key, JSON.stringify({ format: revisionFormat, edits }));
    } catch {
      return;
    }
  }

  /** What was kept by an earlier window, oldest first; none where it cannot be read. */
  kept(): readonly PendingEdit[] {
    try {
      const text = this.#storage?.getItem(this.#key) ?? null;
      if (text === null) return [];
      const { format, edits } = keptSchema.parse(JSON.parse(text));
      return edits.map(({ label, changes, ...kind }) => ({
        ...kind,
        label,
        changes: changesSchema.parse(upcastChanges(format, changes).changes) as readonly Change[],
      }));
    } catch {
      return [];
    }
  }
}

/** The browser's own storage; null where there is none, or none is allowed. */
export function browserStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
