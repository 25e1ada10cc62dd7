import type { FramePixels } from '../../core/clip/clip.ts';
import type { ErrorCode } from '../../core/error.ts';
import type { Instance } from './instance.ts';

/** What a DICOM worker can be asked. */
export type WorkerRequest =
  | { readonly kind: 'load' }
  | { readonly kind: 'instance'; readonly path: string; readonly fileName: string }
  | { readonly kind: 'frame'; readonly path: string; readonly fileName: string; readonly frame: number };

export interface WorkerResults {
  readonly load: null;
  readonly instance: Instance;
  readonly frame: FramePixels;
}

export interface WorkerFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly file: string | null;
}

/** The worker takes one request at a time, so answers need no number; `ready` comes once, after start. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: WorkerResults[keyof WorkerResults] }
  | { readonly kind: 'failure'; readonly failure: WorkerFailure };
