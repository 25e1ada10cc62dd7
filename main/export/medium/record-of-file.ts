import { SystolaError } from '../../../core/error.ts';
import type { ByteSource } from '../../dicom/byte-source.ts';
import { readHeader } from '../../dicom/header.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { element, optional, type DataSet, type Element } from '../../dicom/write/element.ts';
import type { DirectoryRecord } from '../../dicom/write/write-directory.ts';
import { FileKeys, recordKeys } from './directory-keys.ts';

/** What the directory of a medium has to know of a file. */
export interface RecordedFile {
  readonly keys: FileKeys;
  readonly seriesInstanceUid: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Of its record, and what its name begins with. */
  readonly kind: FileKind;
}

interface FileKind {
  readonly type: 'IMAGE' | 'SR DOCUMENT' | 'PRESENTATION' | 'ENCAP DOC';
  readonly prefix: string;
}

/** Sequences that go into the record of a document or a presentation state. */
const wanted = new Map(
  ['x0040a043', 'x0040a168', 'x0040a730', 'x00081115', 'x00081140'].map((tag) => [tag, null]),
);

/** Storage classes that are no images (PS3.3 table F.4-1). */
const kinds: readonly (readonly [RegExp, FileKind])[] = [
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.88\./, { type: 'SR DOCUMENT', prefix: 'SR' }],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.11\./, { type: 'PRESENTATION', prefix: 'PR' }],
  [/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.104\.1$/, { type: 'ENCAP DOC', prefix: 'DOC' }],
];
const image: FileKind = { type: 'IMAGE', prefix: 'IMG' };

/** @throws SystolaError `malformed` for a file that is none of PS3.10 as it is, and can be on no medium */
export function recordedFile(source: ByteSource, fileName: string): RecordedFile {
  const { attributes: read, meta } = readHeader(source, fileName, { sequences: wanted });
  const { sopClassUid, sopInstanceUid, transferSyntaxUid } = meta;
  const seriesInstanceUid = read.text('x0020000e', 'UI');
  if (
    sopClassUid === null ||
    sopInstanceUid === null ||
    transferSyntaxUid === null ||
    seriesInstanceUid === null ||
    Buffer.from(source.read(128, 4)).toString('latin1') !== 'DICM'
  ) {
    throw new SystolaError(
      'malformed',
      'It has no complete file meta information (PS3.10), without which no medium may hold it. Export it another way.',
      fileName,
    );
  }
  const kind = kinds.find(([pattern]) => pattern.test(sopClassUid))?.[1] ?? image;
  return {
    keys: new FileKeys(read),
    seriesInstanceUid,
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid,
    kind,
  };
}

/** Key attributes of a file's own record (PS3.3 annex F.5). @param number where the file has none */
function fileKeys({ keys, kind }: RecordedFile, number: number): DataSet {
  const instance = element(attributes.InstanceNumber, keys.number(attributes.InstanceNumber) ?? number);
  switch (kind.type) {
    case 'IMAGE':
      return recordKeys([instance]);
    case 'SR DOCUMENT':
      return recordKeys([
        instance,
        ...texts(keys, [attributes.CompletionFlag, attributes.VerificationFlag]),
        ...texts(keys, [attributes.ContentDate, attributes.ContentTime]),
        ...texts(keys, [attributes.VerificationDateTime]),
        concept(keys),
        ...modifiers(keys),
      ]);
    case 'PRESENTATION':
      return recordKeys([
        instance,
        ...texts(keys, [
          attributes.PresentationCreationDate,
          attributes.PresentationCreationTime,
          attributes.ContentLabel,
        ]),
        optional(attributes.ContentDescription, keys.text(attributes.ContentDescription)),
        optional(attributes.ContentCreatorName, keys.text(attributes.ContentCreatorName)),
        element(
          attributes.ReferencedSeriesSequence,
          ...keys.items(attributes.ReferencedSeriesSequence).map(series),
        ),
      ]);
    case 'ENCAP DOC':
      return recordKeys([
        instance,
        optional(attributes.ContentDate, keys.text(attributes.ContentDate)),
        optional(attributes.ContentTime, keys.text(attributes.ContentTime)),
        concept(keys),
        optional(attributes.DocumentTitle, keys.text(attributes.DocumentTitle)),
        ...texts(keys, [attributes.MIMETypeOfEncapsulatedDocument]),
      ]);
  }
}

/** Those that the file has. */
const texts = (keys: FileKeys, wantedKeys: readonly Parameters<FileKeys['text']>[0][]): Element[] =>
  wantedKeys.flatMap((attribute) => {
    const value = keys.text(attribute);
    return value === null ? [] : [element(attribute, value)];
  });

const concept = (keys: FileKeys): Element =>
  element(
    attributes.ConceptNameCodeSequence,
    ...keys.items(attributes.ConceptNameCodeSequence).map((code) => codeOf(code)),
  );

const codeOf = (code: FileKeys): DataSet =>
  texts(code, [attributes.CodeValue, attributes.CodingSchemeDesignator, attributes.CodeMeaning]);

/** What modifies the title of a document, as its language (PS3.3 section F.5.24). */
function modifiers(keys: FileKeys): Element[] {
  const items = keys
    .items(attributes.ContentSequence)
    .filter(
      (one) =>
        one.text(attributes.RelationshipType) === 'HAS CONCEPT MOD' &&
        one.text(attributes.ValueType) === 'CODE',
    )
    .map((one) => [
      ...texts(one, [attributes.RelationshipType, attributes.ValueType]),
      concept(one),
      element(
        attributes.ConceptCodeSequence,
        ...one.items(attributes.ConceptCodeSequence).map((code) => codeOf(code)),
      ),
    ]);
  return items.length === 0 ? [] : [element(attributes.ContentSequence, ...items)];
}

const series = (one: FileKeys): DataSet => [
  element(
    attributes.ReferencedImageSequence,
    ...one
      .items(attributes.ReferencedImageSequence)
      .map((found) => texts(found, [attributes.ReferencedSOPClassUID, attributes.ReferencedSOPInstanceUID])),
  ),
  ...texts(one, [attributes.SeriesInstanceUID]),
];

/** The record of a file on a medium. */
export function fileRecord(file: RecordedFile, fileId: readonly string[], number: number): DirectoryRecord {
  const { sopClassUid, sopInstanceUid, transferSyntaxUid, kind } = file;
  return {
    type: kind.type,
    keys: fileKeys(file, number),
    file: { fileId, sopClassUid, sopInstanceUid, transferSyntaxUid },
    below: [],
  };
}
