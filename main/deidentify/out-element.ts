import type { ElementEncoding } from '../dicom/element-header.ts';

/** An element that is written: its value as bytes in the byte order of the file, of even length, or items of a sequence. */
export interface OutElement {
  /** Group × 65,536 + element. */
  readonly tag: number;
  readonly vr: string;
  readonly value: Uint8Array | readonly OutItem[];
}

/** Elements in the order of their tags. */
export type OutItem = readonly OutElement[];

/** Value representations with a length of four bytes in explicit VR (PS3.5 section 7.1.2). */
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const itemTag = 0xfffe_e000;
export const undefinedLength = 0xffff_ffff;

/** Elements as bytes; sequences and items with their lengths. */
export function encodeElements(elements: OutItem, encoding: ElementEncoding): Uint8Array {
  return Buffer.concat(
    elements.flatMap(({ tag, vr, value }) => {
      const bytes =
        value instanceof Uint8Array
          ? value
          : Buffer.concat(
              value.map((item) => {
                const content = encodeElements(item, encoding);
                return Buffer.concat([encodeHeader(itemTag, null, content.length, encoding), content]);
              }),
            );
      return [encodeHeader(tag, vr, bytes.length, encoding), bytes];
    }),
  );
}

/** Tag, VR and length in front of a value; a null VR is for items, which never have one. */
export function encodeHeader(
  tag: number,
  vr: string | null,
  length: number,
  { explicit, littleEndian }: ElementEncoding,
): Uint8Array {
  const withVr = explicit && vr !== null;
  const isLong = withVr && longVrs.has(vr);
  const view = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  view.setUint16(0, tag >>> 16, littleEndian);
  view.setUint16(2, tag & 0xffff, littleEndian);
  if (withVr) {
    view.setUint8(4, vr.charCodeAt(0));
    view.setUint8(5, vr.charCodeAt(1));
  }
  if (!withVr) view.setUint32(4, length, littleEndian);
  else if (isLong) view.setUint32(8, length, littleEndian);
  else view.setUint16(6, length, littleEndian);
  return new Uint8Array(view.buffer);
}

/** Most bytes of a value in explicit VR. */
export const mostBytesOf = (vr: string): number => (longVrs.has(vr) ? 0xffff_fffe : 0xfffe);

/** A text of ASCII with the padding of its VR (PS3.5 section 6.2). */
export function textValue(vr: string, text: string): Uint8Array {
  return paddedValue(vr, Buffer.from(text, 'latin1'));
}

export function paddedValue(vr: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  const even = new Uint8Array(bytes.length + 1);
  even.set(bytes);
  even[bytes.length] = vr === 'UI' || vr.startsWith('O') || vr === 'UN' ? 0 : 0x20;
  return even;
}
