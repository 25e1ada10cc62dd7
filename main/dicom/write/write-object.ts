import { createHash } from 'node:crypto';
import { derivedUid } from '../derived-uid.ts';
import type { Attribute } from './attribute.ts';
import { attributes } from './attributes.ts';
import { element, type Element, inOrder } from './element.ts';
import { encodeDataSet, utf8Term } from './encode-data-set.ts';
import { implementationClassUid, implementationVersionName } from './implementation.ts';
import { NotWritable } from './not-writable.ts';

export const rleLossless = '1.2.840.10008.1.2.5';
export const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** What a DICOM file is made of, in any order. */
export interface DicomObject {
  readonly sopClassUid: string;
  /** All but the UIDs of class and instance and the character set. */
  readonly elements: readonly Element[];
  /** Attributes that have to have a value (type 1 of the object's modules), besides those of every object. */
  readonly needed: readonly Attribute[];
  /** Explicit little endian where it is left out; compressed frames have their own. */
  readonly transferSyntaxUid?: string;
}

export interface WrittenObject {
  readonly sopInstanceUid: string;
  /** A file of PS3.10. */
  readonly bytes: Uint8Array;
}

const neededOfAll: readonly Attribute[] = [
  attributes.SOPClassUID,
  attributes.Modality,
  attributes.StudyInstanceUID,
  attributes.SeriesInstanceUID,
];

/**
 * Writes an object as a file. Its instance UID comes from the hash of all else that is in it: what is written again is the
 * same instance, and whatever has changed is another one.
 *
 * @throws NotWritable
 */
export function writeObject({
  sopClassUid,
  elements,
  needed,
  transferSyntaxUid = explicitLittleEndian,
}: DicomObject): WrittenObject {
  const content = [
    element(attributes.SpecificCharacterSet, utf8Term),
    element(attributes.SOPClassUID, sopClassUid),
    ...elements,
  ];
  for (const attribute of [...neededOfAll, ...needed]) {
    const found = content.find((one) => one.attribute.tag === attribute.tag);
    if (found === undefined || found.values.length === 0) {
      throw new NotWritable(attribute, 'it has no value and has to have one');
    }
  }
  const hash = createHash('sha256')
    .update(encodeDataSet(inOrder(content)))
    .digest('hex');
  const sopInstanceUid = derivedUid('instance', [hash]);
  const dataSet = encodeDataSet(inOrder([...content, element(attributes.SOPInstanceUID, sopInstanceUid)]));
  return {
    sopInstanceUid,
    bytes: Buffer.concat([fileHead(sopClassUid, sopInstanceUid, transferSyntaxUid), dataSet]),
  };
}

/** Preamble, "DICM" and the group of file meta information (PS3.10 section 7.1). */
export function fileHead(sopClassUid: string, sopInstanceUid: string, transferSyntaxUid: string): Uint8Array {
  const meta = encodeDataSet([
    element(attributes.FileMetaInformationVersion, Uint8Array.of(0, 1)),
    element(attributes.MediaStorageSOPClassUID, sopClassUid),
    element(attributes.MediaStorageSOPInstanceUID, sopInstanceUid),
    element(attributes.TransferSyntaxUID, transferSyntaxUid),
    element(attributes.ImplementationClassUID, implementationClassUid),
    element(attributes.ImplementationVersionName, implementationVersionName),
  ]);
  const length = encodeDataSet([element(attributes.FileMetaInformationGroupLength, meta.length)]);
  return Buffer.concat([new Uint8Array(128), new TextEncoder().encode('DICM'), length, meta]);
}
