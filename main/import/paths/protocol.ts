import type { ErrorCode } from '../../../core/error.ts';
import type { FileKind } from '../file-kind.ts';

/** A refusal as it travels between processes. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly file: string | null;
}

/** What a name in a folder stands for; `real` is where a link leads to. */
export type FolderEntry =
  | { readonly name: string; readonly kind: 'file' | 'folder' | 'special'; readonly real: string | null }
  | { readonly name: string; readonly kind: 'refused'; readonly refusal: Refusal };

export interface FolderListing {
  /** Device and inode: the same for every way that leads to the folder. */
  readonly identity: string;
  readonly entries: readonly FolderEntry[];
}

/** What a path leads to; its links followed, because the user chose it. */
export interface ChosenPath {
  readonly kind: 'file' | 'folder' | 'special';
  readonly real: string;
}

export type Sniffed = { readonly kind: FileKind } | { readonly refusal: Refusal };

export interface CopiedFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that a DICOMDIR refers to, or why it is not there. */
export type Referenced = { readonly path: string } | { readonly refusal: Refusal };

/** What the process that reads chosen paths can be asked; it answers one request at a time. */
export interface PathRequests {
  chosen: { readonly path: string };
  list: { readonly path: string };
  sniff: { readonly paths: readonly string[] };
  copy: {
    readonly path: string;
    readonly to: string;
    /** What the file was when it was sniffed. */
    readonly kind: FileKind;
    readonly limitBytes: number;
  };
  referenced: { readonly path: string };
}

export interface PathAnswers {
  chosen: ChosenPath;
  list: FolderListing;
  sniff: readonly Sniffed[];
  copy: CopiedFile;
  referenced: readonly Referenced[];
}

export type PathRequest = {
  [K in keyof PathRequests]: { readonly ask: K } & PathRequests[K];
}[keyof PathRequests];

/** `progress` only says that a long copy moves. */
export type PathMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress' }
  | { readonly kind: 'answer'; readonly answer: PathAnswers[keyof PathAnswers] }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

/** Reads what lies under paths that the user chose. */
export interface PathReader {
  /** @throws SystolaError `not-found`, `unreadable`, `too-large`, `disk-full`, `malformed` */
  ask<K extends keyof PathRequests>(ask: K, request: PathRequests[K]): Promise<PathAnswers[K]>;
}
