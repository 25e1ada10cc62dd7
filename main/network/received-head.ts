import { implementationClassUid, implementationVersionName } from '../dicom/write/implementation.ts';

export interface ReceivedObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** That the data set came in. */
  readonly transferSyntaxUid: string;
  /** Who sent it. */
  readonly sourceAeTitle: string;
}

/**
 * What makes a file of a data set that came over a network: preamble, "DICM" and file meta information (PS3.10 section
 * 7.1). UIDs are written as the sender spelt them, also those that PS3.5 does not allow (a component with a leading zero):
 * the data set names its instance the same way.
 */
export function receivedHead(object: ReceivedObject): Buffer {
  const meta = Buffer.concat([
    element(0x0001, 'OB', Buffer.of(0, 1)),
    element(0x0002, 'UI', text(object.sopClassUid, '\0')),
    element(0x0003, 'UI', text(object.sopInstanceUid, '\0')),
    element(0x0010, 'UI', text(object.transferSyntaxUid, '\0')),
    element(0x0012, 'UI', text(implementationClassUid, '\0')),
    element(0x0013, 'SH', text(implementationVersionName, ' ')),
    element(0x0016, 'AE', text(object.sourceAeTitle, ' ')),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM', 'latin1'),
    element(0x0000, 'UL', length),
    meta,
  ]);
}

const text = (value: string, filler: string): Buffer =>
  Buffer.from(value.length % 2 === 0 ? value : value + filler, 'latin1');

/** An element of group 0002, in explicit VR little endian. */
function element(number: number, vr: string, value: Buffer): Buffer {
  const head = Buffer.alloc(vr === 'OB' ? 12 : 8);
  head.writeUInt16LE(0x0002, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (vr === 'OB') head.writeUInt32LE(value.length, 8);
  else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}
