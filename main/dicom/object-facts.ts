import type { ByteSource } from './byte-source.ts';
import { cutFileName, withinCeilings } from './ceilings.ts';
import { readHeader } from './header.ts';
import { malformed } from './refusal.ts';
import { isUid } from './uid.ts';

/** What any DICOM object says of itself, of whatever class: enough to hand it on as it is. */
export interface ObjectFacts {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** How the data set is written, which is what the file says unless it contradicts itself. */
  readonly transferSyntaxUid: string;
  /** Where the data set begins, behind preamble and file meta information. */
  readonly dataSetOffset: number;
  readonly bytes: number;
  readonly studyInstanceUid: string | null;
  readonly patientId: string | null;
}

/**
 * Facts of an object; class and instance by its data set, else by its file meta information.
 *
 * @throws SystolaError of the header, `malformed` where class or instance are not named
 */
export function objectFacts(source: ByteSource, fileName: string): ObjectFacts {
  const { attributes, meta, transferSyntax } = readHeader(source, fileName);
  const uid = (tag: string): string | null => {
    const value = attributes.text(tag, 'UI');
    return value !== null && isUid(value) ? value : null;
  };
  const sopClassUid = uid('x00080016') ?? meta.sopClassUid;
  const sopInstanceUid = uid('x00080018') ?? meta.sopInstanceUid;
  if (sopClassUid === null || sopInstanceUid === null) {
    throw malformed(cutFileName(fileName), 'it does not name its class and its instance');
  }
  return withinCeilings({
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid: transferSyntax.uid,
    dataSetOffset: meta.end,
    bytes: source.size,
    studyInstanceUid: uid('x0020000d'),
    patientId: attributes.identity('x00100020', 'LO'),
  });
}
