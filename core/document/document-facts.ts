import type { ReportedNumber } from './reported-number.ts';

/** What a structured report of a study says about itself, as far as Systola uses it. */
export interface DocumentFacts {
  readonly sopInstanceUid: string;
  /** Empty for outlines of an annotation tool, which are no DICOM object. */
  readonly sopClassUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  /** File name that it was imported from, for messages. */
  readonly fileName: string;
  /** Meaning of the root's concept. */
  readonly title: string | null;
  /** "YYYY-MM-DDTHH:mm:ss" without zone, as its writer has it. */
  readonly writtenAt: string | null;
  readonly manufacturer: string | null;
  readonly manufacturerModel: string | null;
  /** Systola wrote it, this one or another. */
  readonly bySystola: boolean;
  readonly numbers: readonly ReportedNumber[];
  /** Contours, and distances on their frames, that it holds; null where it holds none. */
  readonly contours: DocumentContours | null;
}

/** Whether a document is a DICOM object, and can go where only those go: onto a medium, to a node. */
export const isDicomDocument = ({ sopClassUid }: Pick<DocumentFacts, 'sopClassUid'>): boolean =>
  sopClassUid !== '';

/** The contours of a document without the contours. */
export interface DocumentContours {
  /** `exact`: as a Systola kept them. `fitted`: outlines that contours are fitted to. */
  readonly kind: 'exact' | 'fitted';
  readonly clips: readonly {
    readonly sopInstanceUid: string;
    readonly contours: number;
    /** Distances with a name, on a frame; left out where there are none. */
    readonly distances?: number;
  }[];
  /** Of exact ones: the revision that they were written from, as the library counts that wrote them. */
  readonly revision: { readonly id: number; readonly at: string } | null;
  /** Outlines of what cannot be contoured here. */
  readonly leftOut: number;
}
