import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { SystolaError } from '../../core/error.ts';

/** A file that may turn out to be a DICOM instance, an archive, a DICOMDIR, or none of them. */
export interface Candidate {
  /** As the user knows it: the path as chosen, or the archive and the entry inside it. */
  readonly name: string;
  /** Where it lies on disk; null for what is uploaded or comes out of an archive. */
  readonly path: string | null;
  /** True for what comes out of an archive, where no further archive is opened. */
  readonly archived: boolean;
  open(): Promise<Readable>;
}

/** What listing a path gives: something to try, or the reason why it cannot be. */
export type Listed =
  | { readonly candidate: Candidate; readonly error: null }
  | { readonly candidate: null; readonly error: SystolaError };

/** A file on disk. */
export function fileCandidate(path: string, name = path): Candidate {
  return { name, path, archived: false, open: () => Promise.resolve(createReadStream(path)) };
}
