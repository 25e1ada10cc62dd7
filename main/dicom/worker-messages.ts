import type { FramePixels } from '../../core/clip/clip.ts';
import type { EcgTrace } from '../../core/clip/ecg.ts';
import type { ContourReading } from '../../core/document/contour-reading.ts';
import type { ErrorCode } from '../../core/error.ts';
import type { Instance } from './instance.ts';
import type { ObjectFacts } from './object-facts.ts';
import type { AnyDocument, ReadClip } from './read-object.ts';
import type { FileContent } from './stored-file.ts';

/** An object and what its whole file hashes to. */
export interface HashedObject extends ObjectFacts {
  readonly sha256: string;
}

/** What a DICOM worker can be asked. */
export type WorkerRequest =
  | { readonly kind: 'load' }
  | {
      readonly kind: 'instance';
      readonly path: string;
      readonly fileName: string;
      /** What the file must hold, for one of the library's store. */
      readonly sha256?: string;
    }
  | {
      /** A clip, or that it is a document, which is asked for by itself. */
      readonly kind: 'clip-or-report';
      readonly path: string;
      readonly fileName: string;
      readonly sha256?: string;
    }
  | {
      readonly kind: 'report';
      readonly path: string;
      readonly fileName: string;
      readonly sha256?: string;
    }
  | {
      /** The contours of a document of the library's store. */
      readonly kind: 'contours';
      readonly path: string;
      readonly fileName: string;
      readonly sha256: string;
    }
  | {
      readonly kind: 'object';
      readonly path: string;
      readonly fileName: string;
      /** What the file must hold, for one of the library's store. */
      readonly sha256?: string;
    }
  | {
      /** The ECG of a clip of the library's store. */
      readonly kind: 'ecg';
      readonly path: string;
      readonly fileName: string;
      readonly sha256: string;
    }
  | { readonly kind: 'hash'; readonly path: string; readonly fileName: string }
  | {
      readonly kind: 'frame';
      readonly path: string;
      readonly fileName: string;
      readonly frame: number;
      /** State of the file in which its content was found right; `file-altered` in any other. */
      readonly stamp?: string;
    };

export interface WorkerResults {
  readonly load: null;
  readonly instance: Instance;
  readonly 'clip-or-report': ReadClip | 'report';
  readonly report: AnyDocument;
  readonly contours: ContourReading | null;
  readonly ecg: EcgTrace | null;
  readonly object: HashedObject;
  readonly hash: FileContent;
  readonly frame: FramePixels;
}

export interface WorkerFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly file: string | null;
}

/**
 * The worker takes one request at a time, so answers need no number; `ready` comes once, after start, and `opened`
 * before a frame's result, when its file is open and only the frame itself is left to decode.
 */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'result'; readonly result: WorkerResults[keyof WorkerResults] }
  | { readonly kind: 'failure'; readonly failure: WorkerFailure };
