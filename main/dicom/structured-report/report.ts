import type { StudyFacts } from '../../../core/clip/clip.ts';
import type { ContourReading } from '../../../core/document/contour-reading.ts';
import type { DocumentContours, DocumentFacts } from '../../../core/document/document-facts.ts';
import type { ByteSource } from '../byte-source.ts';
import { cutFileName, maxListEntries, withinCeilings } from '../ceilings.ts';
import { isoDateTime } from '../date-time.ts';
import { instanceUids } from '../derived-uid.ts';
import { type Header, readHeader } from '../header.ts';
import { sopClass, studyFacts } from '../instance.ts';
import { refusal } from '../refusal.ts';
import { isStructuredReport, sopClassLabel } from '../sop-class.ts';
import { type ReadItem, readTree, treeSequences } from './content-tree.ts';
import { measuredLines } from './distances.ts';
import { mostElements, mostReportBytes } from './limits.ts';
import { reportedNumbers } from './numbers.ts';
import { ownTraces, tracesBlockGroup } from './own-traces.ts';
import { planarRegions } from './regions.ts';

/** A structured report as a document of its study. */
export interface ReadDocument {
  readonly document: DocumentFacts;
  readonly study: StudyFacts;
}

interface OpenReport {
  readonly header: Header;
  readonly root: ReadItem;
  readonly sopClassUid: string;
}

const systola = 'Systola';

/**
 * What a structured report says of itself, with its numbers.
 *
 * @throws SystolaError of `readHeader`; `unsupported-sop-class`, `too-large`
 */
export function readReport(source: ByteSource, fileName: string): ReadDocument {
  const { header, root, sopClassUid } = openReport(source, fileName);
  const { attributes } = header;
  const uids = instanceUids(attributes, header.meta, source);
  const manufacturer = attributes.text('x00080070', 'LO');
  const study = withinCeilings(studyFacts(attributes, uids));
  const document: DocumentFacts = withinCeilings({
    sopInstanceUid: uids.sopInstanceUid,
    sopClassUid,
    seriesInstanceUid: uids.seriesInstanceUid,
    studyInstanceUid: uids.studyInstanceUid,
    fileName: cutFileName(fileName),
    title: root.name?.meaning || null,
    writtenAt: isoDateTime(attributes.text('x00080023', 'DA'), attributes.text('x00080033', 'TM')),
    manufacturer,
    manufacturerModel: attributes.text('x00081090', 'LO'),
    bySystola: manufacturer === systola,
    numbers: reportedNumbers(root),
    contours: summaryOf(readingOf(header, root)),
  });
  return { document, study };
}

/**
 * The contours of a structured report; null where it holds none.
 *
 * @throws SystolaError as {@link readReport}
 */
export function readContours(source: ByteSource, fileName: string): ContourReading | null {
  const { header, root } = openReport(source, fileName);
  return readingOf(header, root);
}

function openReport(source: ByteSource, fileName: string): OpenReport {
  if (source.size > mostReportBytes) {
    throw refusal('too-large', fileName, 'The report is larger than 512 MiB; no report of a heart is.');
  }
  const header = readHeader(source, fileName, {
    sequences: treeSequences,
    walk: { mostElements, privateGroup: tracesBlockGroup },
  });
  const sopClassUid = sopClass(header, [], fileName);
  if (!isStructuredReport(sopClassUid)) {
    throw refusal(
      'unsupported-sop-class',
      fileName,
      `${sopClassLabel(sopClassUid)} is no structured report.`,
    );
  }
  if (header.isFull) {
    throw refusal('too-large', fileName, 'The report has more elements than any report of a heart.');
  }
  return { header, root: readTree(header.attributes, fileName), sopClassUid };
}

function readingOf({ attributes }: Header, root: ReadItem): ContourReading | null {
  const tree = planarRegions(root);
  const block = ownTraces(attributes, tree);
  if (block !== null) return { kind: 'exact', block };
  const lines = measuredLines(root);
  if (tree.regions.length + lines.length === 0) return null;
  const regions = tree.regions.map(({ sopInstanceUid, frame, structure, outline }) => ({
    ...{ sopInstanceUid, frame, structure, outline },
  }));
  return { kind: 'fitted', regions, lines, leftOut: tree.leftOut };
}

function summaryOf(reading: ContourReading | null): DocumentContours | null {
  if (reading === null) return null;
  const { kind } = reading;
  const counts: DocumentContours['clips'] =
    kind === 'exact'
      ? reading.block.clips.map(({ sopInstanceUid, review: { traces } }) => ({
          sopInstanceUid,
          contours: Object.values(traces).reduce((sum, frames) => sum + Object.keys(frames).length, 0),
        }))
      : countsOf(reading);
  const clips = counts
    .filter(({ contours, distances = 0 }) => contours + distances > 0)
    .slice(0, maxListEntries);
  if (clips.length === 0) return null;
  return kind === 'exact'
    ? { kind, clips, revision: reading.block.revision, leftOut: 0 }
    : { kind, clips, revision: null, leftOut: reading.leftOut };
}

function countsOf({
  regions,
  lines = [],
}: Extract<ContourReading, { kind: 'fitted' }>): DocumentContours['clips'] {
  const uids = new Set([...regions, ...lines].map(({ sopInstanceUid }) => sopInstanceUid));
  return [...uids].map((sopInstanceUid) => {
    const of = (items: readonly { readonly sopInstanceUid: string }[]): number =>
      items.filter((item) => item.sopInstanceUid === sopInstanceUid).length;
    const distances = of(lines);
    return { sopInstanceUid, contours: of(regions), ...(distances === 0 ? {} : { distances }) };
  });
}
