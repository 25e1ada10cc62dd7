import { createHash } from 'node:crypto';
import { derivedUid } from '../derived-uid.ts';
import { attributes } from './attributes.ts';
import { element, type DataSet, type Element } from './element.ts';
import { encodeDataSet } from './encode-data-set.ts';
import { explicitLittleEndian, fileHead } from './write-object.ts';

const mediaStorageDirectory = '1.2.840.10008.1.3.10';

/** A record of a directory, with those below it. */
export interface DirectoryRecord {
  /** "PATIENT", "STUDY", "SERIES", "IMAGE", … (PS3.3 annex F.5) */
  readonly type: string;
  /** Keys of the record, in the order of their tags. */
  readonly keys: DataSet;
  /** The file that it stands for; none of a patient, a study, a series. */
  readonly file: ReferencedFile | null;
  readonly below: readonly DirectoryRecord[];
}

export interface ReferencedFile {
  /** Parts of the file ID (PS3.10 section 8.2): at most eight, each of at most eight capitals, digits, underscores. */
  readonly fileId: readonly string[];
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
}

/** A record with where it stands in the file and what it points at. */
interface Placed {
  readonly record: DirectoryRecord;
  readonly next: Placed | null;
  readonly lower: Placed | null;
  offset: number;
}

/** Bytes of a sequence's own header, with its length in four of them. */
const sequenceHead = 12;
const inUse = 0xffff;

/**
 * A DICOMDIR (Basic Directory, PS3.3 annex F): the records, each followed by those below it, linked by the places that
 * they have in the file. The same records give the same bytes.
 *
 * @throws NotWritable
 */
export function writeDirectory(fileSetId: string, roots: readonly DirectoryRecord[]): Uint8Array {
  const first = linked(roots);
  const placed = listed(first);
  const root = [first, placed.filter((one) => roots.includes(one.record)).at(-1) ?? null] as const;
  // Every offset has four bytes: nothing moves when they are filled in.
  const body = (): Uint8Array => encodeDataSet(directory(fileSetId, root, placed));
  const sopInstanceUid = derivedUid('instance', [createHash('sha256').update(body()).digest('hex')]);
  const head = fileHead(mediaStorageDirectory, sopInstanceUid, explicitLittleEndian);
  let offset = head.length + encodeDataSet(directory(fileSetId, root, [])).length;
  for (const one of placed) {
    one.offset = offset;
    offset += encodeDataSet([element(attributes.DirectoryRecordSequence, item(one))]).length - sequenceHead;
  }
  return Buffer.concat([head, body()]);
}

const directory = (
  fileSetId: string,
  [first, last]: readonly [Placed | null, Placed | null],
  placed: readonly Placed[],
): DataSet => [
  element(attributes.FileSetID, fileSetId),
  element(attributes.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity, first?.offset ?? 0),
  element(attributes.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity, last?.offset ?? 0),
  element(attributes.FileSetConsistencyFlag, 0),
  element(attributes.DirectoryRecordSequence, ...placed.map(item)),
];

function item({ record, next, lower }: Placed): DataSet {
  const { type, file, keys } = record;
  const reference: Element[] =
    file === null
      ? []
      : [
          element(attributes.ReferencedFileID, ...file.fileId),
          element(attributes.ReferencedSOPClassUIDInFile, file.sopClassUid),
          element(attributes.ReferencedSOPInstanceUIDInFile, file.sopInstanceUid),
          element(attributes.ReferencedTransferSyntaxUIDInFile, file.transferSyntaxUid),
        ];
  return [
    element(attributes.OffsetOfTheNextDirectoryRecord, next?.offset ?? 0),
    element(attributes.RecordInUseFlag, inUse),
    element(attributes.OffsetOfReferencedLowerLevelDirectoryEntity, lower?.offset ?? 0),
    element(attributes.DirectoryRecordType, type),
    ...reference,
    ...keys,
  ];
}

/** The records of one directory entity as a chain, its first record; null of an empty one. */
function linked(records: readonly DirectoryRecord[]): Placed | null {
  return records.reduceRight<Placed | null>(
    (next, record) => ({ record, next, lower: linked(record.below), offset: 0 }),
    null,
  );
}

/** Each record followed by all that is below it. */
function listed(first: Placed | null): Placed[] {
  const found: Placed[] = [];
  for (let one = first; one !== null; one = one.next) found.push(one, ...listed(one.lower));
  return found;
}
