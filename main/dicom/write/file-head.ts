import { attributes } from './attributes.ts';
import { element } from './element.ts';
import { encodeDataSet } from './encode-data-set.ts';

/** What wrote the file; never changed (PS3.7 annex D.3.3.2). */
const implementationClassUid = '2.25.256584049112329470531166401971984779269';
const implementationVersionName = 'SYSTOLA_1';

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
