import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import type { ByteSource } from './byte-source.ts';
import { readHeader } from './header.ts';
import { openInstance, sopClass } from './instance.ts';
import { isStructuredReport } from './sop-class.ts';
import type { ReadDocument } from './structured-report/report.ts';

export interface ReadClip {
  readonly clip: ClipFacts;
  readonly study: StudyFacts;
}

/** What a file of a study is: a clip, or a document. */
export type ReadObject = ReadClip | ReadDocument;

export const isDocument = (read: ReadObject): read is ReadDocument => 'document' in read;

/**
 * Reads a clip; of a structured report only that it is one, because a long one takes longer than a clip may.
 *
 * @throws SystolaError of `openInstance`
 */
export function readClipOrTell(source: ByteSource, fileName: string): ReadClip | 'report' {
  const header = readHeader(source, fileName);
  if (header.pixelData === null && isStructuredReport(sopClass(header, [], fileName))) return 'report';
  const { clip, study } = openInstance(source, fileName);
  return { clip, study };
}
