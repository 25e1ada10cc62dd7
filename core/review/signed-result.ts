import type { ReportField } from './report-field.ts';
import type { View, ViewCode } from '../clip/view.ts';

/** A number as it was when a study was signed; names, methods and units are those of that version. */
export interface SignedNumber {
  readonly name: string;
  readonly method: string;
  readonly view: ViewCode | 'biplane' | null;
  readonly value: number;
  readonly unit: string;
  /** Index into the clip's beats; null for means over beats and for numbers of the study. */
  readonly beat: number | null;
}

export interface SignedBeat {
  readonly edFrame: number;
  readonly esFrame: number;
  readonly nextEdFrame: number | null;
  /** Whether the means rest on it. */
  readonly included: boolean;
}

export interface SignedClip {
  readonly sopInstanceUid: string;
  readonly view: View;
  readonly beats: readonly SignedBeat[];
  readonly measurements: readonly SignedNumber[];
}

export interface SignedModel {
  readonly name: string;
  readonly version: string;
  /** Of the graph. */
  readonly sha256: string;
}

/** Texts of a report in the words that were signed. */
export interface SignedTexts {
  /** BCP 47 tag of the report's language. */
  readonly language: string;
  readonly texts: Readonly<Partial<Record<ReportField, string>>>;
  /** Study Instance UID of the study that the report compared with, null for none; left out where that was not kept. */
  readonly prior?: string | null;
}

/** What somebody put their name to: the numbers of a study and all that they rested on. Taken by the application. */
export interface SignedResult {
  /** Counts the signatures of the study from 1, those that were undone too. */
  readonly version: number;
  /** The revision that the version before it was signed by; null where there was none, or it was undone. */
  readonly replaces: number | null;
  /** The revision that it was signed on: the head of the study then. */
  readonly head: number;
  /** Version of Systola. */
  readonly software: string;
  /** Whom the reader signed for, empty for nobody; missing where it was signed before that was kept. */
  readonly organisation?: string;
  /** The settings that numbers and findings depend on. */
  readonly options: Readonly<Record<string, string | number>>;
  /** Of the runs over the clips that the study's numbers rest on. */
  readonly models: readonly SignedModel[];
  /** SOP Instance UIDs of the clips that the study's numbers rest on. */
  readonly used: readonly string[];
  readonly measurements: readonly SignedNumber[];
  /** Every clip that was measured. */
  readonly clips: readonly SignedClip[];
  /** Texts of the report as they stood, proposed ones too; left out where none were kept with the signature. */
  readonly report?: SignedTexts;
}
