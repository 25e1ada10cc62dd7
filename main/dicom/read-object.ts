import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import type { ContourReading } from '../../core/document/contour-reading.ts';
import type { ByteSource } from './byte-source.ts';
import { isCocoFile, readCoco, readCocoContours, type ReadAnnotations } from './coco-file.ts';
import { readHeader } from './header.ts';
import { openInstance, sopClass } from './instance.ts';
import { isStructuredReport } from './sop-class.ts';
import { readContours, type ReadDocument, readReport } from './structured-report/report.ts';

export interface ReadClip {
  readonly clip: ClipFacts;
  readonly study: StudyFacts;
}

/** What a file of a study is: a clip, or a document. */
export type ReadObject = ReadClip | AnyDocument;

/** A structured report, or outlines of an annotation tool. */
export type AnyDocument = ReadDocument | ReadAnnotations;

export const isDocument = (read: ReadObject): read is AnyDocument => 'document' in read;

/**
 * Reads a clip; of a document only that it is one, because a long one takes longer than a clip may.
 *
 * @throws SystolaError of `openInstance`
 */
export function readClipOrTell(source: ByteSource, fileName: string): ReadClip | 'report' {
  if (isCocoFile(source)) return 'report';
  const header = readHeader(source, fileName);
  if (header.pixelData === null && isStructuredReport(sopClass(header, [], fileName))) return 'report';
  const { clip, study } = openInstance(source, fileName);
  return { clip, study };
}

/**
 * What a document says of itself.
 *
 * @throws SystolaError of `readReport` and `readCoco`
 */
export const readDocument = (source: ByteSource, fileName: string): AnyDocument =>
  isCocoFile(source) ? readCoco(source, fileName) : readReport(source, fileName);

/**
 * The contours of a document; null where it holds none.
 *
 * @throws SystolaError as {@link readDocument}
 */
export const readDocumentContours = (source: ByteSource, fileName: string): ContourReading | null =>
  isCocoFile(source) ? readCocoContours(source, fileName) : readContours(source, fileName);
