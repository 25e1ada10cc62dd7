import type { ContourReading } from '../../core/document/contour-reading.ts';
import { claimsToBeCoco, cocoOutlines, type CocoOutlines } from '../../core/document/coco-outlines.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import type { ByteSource } from './byte-source.ts';
import { cutFileName, maxListEntries, withinCeilings } from './ceilings.ts';
import { beginsAsCoco, mostCocoBytes } from './coco-start.ts';
import { contentUid } from './derived-uid.ts';
import { refusal } from './refusal.ts';

/** Outlines of an annotation tool as a document. Which study it is of, only who knows its clips can tell. */
export interface ReadAnnotations {
  /** Without a study. */
  readonly document: DocumentFacts;
  readonly study: null;
}

export const isCocoFile = (source: ByteSource): boolean => beginsAsCoco(source.read(0, 256));

/**
 * What a COCO file says of itself.
 *
 * @throws SystolaError `not-dicom` for other JSON; `too-large`, `malformed`
 */
export function readCoco(source: ByteSource, fileName: string): ReadAnnotations {
  const { outlines, leftOut } = outlinesOf(source, fileName);
  const uid = contentUid(source);
  const counts = [...Map.groupBy(outlines, ({ sopInstanceUid }) => sopInstanceUid)].map(
    ([sopInstanceUid, own]) => ({ sopInstanceUid, contours: own.length }),
  );
  if (counts.length === 0) {
    const [why] = leftOut;
    const reason = why === undefined ? 'it has no annotation' : why.reason;
    throw refusal('malformed', fileName, `The COCO file has no outline of a structure: ${reason}.`);
  }
  const document: DocumentFacts = {
    ...{ sopInstanceUid: uid, sopClassUid: '', seriesInstanceUid: uid, studyInstanceUid: '' },
    ...{ fileName: cutFileName(fileName), title: 'COCO', writtenAt: null },
    ...{ manufacturer: 'COCO', manufacturerModel: null, bySystola: false, numbers: [] },
    contours: {
      ...{ kind: 'fitted', clips: counts.slice(0, maxListEntries), revision: null },
      leftOut: annotationsIn(leftOut),
    },
  };
  return { document: withinCeilings(document), study: null };
}

/**
 * The outlines of a COCO file.
 *
 * @throws SystolaError as {@link readCoco}
 */
export function readCocoContours(source: ByteSource, fileName: string): ContourReading {
  const { outlines, leftOut } = outlinesOf(source, fileName);
  return { kind: 'fitted', regions: outlines, leftOut: annotationsIn(leftOut) };
}

const annotationsIn = (leftOut: CocoOutlines['leftOut']): number =>
  leftOut.reduce((sum, { annotations }) => sum + annotations, 0);

function outlinesOf(source: ByteSource, fileName: string): CocoOutlines {
  if (source.size > mostCocoBytes) {
    throw refusal('too-large', fileName, 'The COCO file is larger than the 64 MiB that are taken for one.');
  }
  const document = parsed(source);
  if (!claimsToBeCoco(document)) throw refusal('not-dicom', fileName, 'It is not a DICOM file.');
  const read = cocoOutlines(document);
  if (typeof read !== 'string') return read;
  throw refusal('malformed', fileName, `The COCO file is not as it has to be: ${read}.`);
}

/** undefined for what is no JSON. */
function parsed(source: ByteSource): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(source.read(0, source.size)));
  } catch {
    return undefined;
  }
}
