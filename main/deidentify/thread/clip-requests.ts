import type { KeepMask } from '../../../core/deidentify/keep-mask.ts';
import type { ErrorCode } from '../../../core/error.ts';
import type { ClipTask, DeidentifiedClip } from '../clip-task.ts';
import type { IdentifyingTexts } from '../identifiers.ts';
import type { CleaningPreview } from '../pixels/cleaned-pixels.ts';

interface OfFile {
  readonly path: string;
  readonly fileName: string;
}

/** What the thread can be asked. */
export type ClipRequest =
  | ({ readonly kind: 'suggest' } & OfFile)
  | ({ readonly kind: 'names' } & OfFile)
  | ({ readonly kind: 'preview'; readonly mask: KeepMask } & OfFile)
  | ({ readonly kind: 'write' } & ClipTask);

/** What a file names people by, and of which study it is. */
export interface StudyTexts extends IdentifyingTexts {
  /** Empty where the file does not say. */
  readonly studyInstanceUid: string;
}

export interface ClipResults {
  /** null where a person has to draw one. */
  readonly suggest: KeepMask | null;
  readonly names: StudyTexts;
  readonly preview: CleaningPreview;
  readonly write: DeidentifiedClip;
}

/** One request at a time, so that answers need no number; `frame` comes after each frame that was written. */
export type ClipAnswer =
  | { readonly kind: 'frame'; readonly done: number; readonly of: number }
  | { readonly kind: 'result'; readonly result: ClipResults[keyof ClipResults] }
  | {
      readonly kind: 'failure';
      readonly code: ErrorCode;
      readonly message: string;
      readonly file: string | null;
      /** Of a defect, for whoever looks for it. */
      readonly stack?: string;
    };
