import type { PatientFacts } from '../../core/clip/clip.ts';
import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import type { Policy } from '../../core/deidentify/policy.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import type { IdentifyingTexts } from './identifiers.ts';
import type { CleaningMethod } from './pixels/cleaned-pixels.ts';

/** What one clip is de-identified by; it can be posted to a thread. */
export interface ClipTask {
  readonly path: string;
  /** Name for messages. */
  readonly fileName: string;
  /** What the file has to hold, for one of the library's store. */
  readonly sha256: string | null;
  /** Where the new file goes; there must be none. */
  readonly target: string;
  /** Of the project. */
  readonly key: Uint8Array;
  readonly preset: PresetName;
  readonly policy: Policy;
  /** The patient as a person corrected what the file says; left out: as the file says. */
  readonly patient?: PatientFacts;
  /** What the study's other files, and persons, name people by; null where one of them cannot be read. */
  readonly others: readonly IdentifyingTexts[] | null;
  /** What of the pictures stays. */
  readonly mask: KeepMask;
  /** A person has looked at what stays of all frames and found nobody named there. */
  readonly checked: boolean;
  /** Version of Systola, for the method. */
  readonly softwareVersion: string;
}

/** What became of a clip. */
export interface DeidentifiedClip {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  /** Name and ID of the patient in the file. */
  readonly patient: string;
  readonly transferSyntaxUid: string;
  readonly method: CleaningMethod;
  /** Frames (from 0) that cannot be decoded and are black. */
  readonly blackFrames: readonly number[];
  /** Elements of the data set that are not in the new file, private ones not counted. */
  readonly removed: number;
  readonly bytes: number;
  readonly sha256: string;
}
