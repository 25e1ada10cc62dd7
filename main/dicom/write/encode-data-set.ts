import { type Attribute, type NumberVr, tagText, type TextVr, type Vr } from './attribute.ts';
import { attributes } from './attributes.ts';
import type { DataSet, Element } from './element.ts';
import { encodeNumbers } from './encode-numbers.ts';
import { encodeText } from './encode-text.ts';
import { NotWritable } from './not-writable.ts';
import { CompressedFrames } from './pixel-data.ts';
import { putTag } from './put-tag.ts';
import { textRules } from './text-rules.ts';

/** The only character set that is written, besides ASCII alone. */
export const utf8Term = 'ISO_IR 192';

const itemTag = 0xfffe_e000;
const sequenceEndTag = 0xfffe_e0dd;
const undefinedLength = 0xffff_ffff;
const longestShort = 0xfffe;
const longestLong = 0xffff_fffe;
/** Representations with a length of four bytes (PS3.5 section 7.1.2). */
const longVrs: readonly Vr[] = ['OB', 'SQ', 'UT'];

/**
 * A data set in explicit little endian (PS3.5 annex A.2), its sequences and items with their lengths. The same content
 * gives the same bytes.
 *
 * @throws NotWritable naming the attribute and what is wrong with it
 */
export function encodeDataSet(dataSet: DataSet): Uint8Array {
  return joined(encodeElements(dataSet, declaresUtf8(dataSet)));
}

/** @throws NotWritable for any other character set */
function declaresUtf8(dataSet: DataSet): boolean {
  const declared = dataSet.find(({ attribute }) => attribute.tag === attributes.SpecificCharacterSet.tag);
  const terms = declared?.values ?? [];
  if (terms.some((term) => term !== utf8Term) || terms.length > 1) {
    throw new NotWritable(attributes.SpecificCharacterSet, `${utf8Term} alone is written`);
  }
  return terms.length === 1;
}

function encodeElements(dataSet: DataSet, utf8: boolean): Uint8Array[] {
  let last = -1;
  return dataSet.flatMap((element) => {
    const { attribute } = element;
    if (attribute.tag === last) throw new NotWritable(attribute, 'it stands there twice');
    if (attribute.tag < last) throw new NotWritable(attribute, `it comes after ${tagText(last)}`);
    last = attribute.tag;
    const [only] = element.values;
    if (only instanceof CompressedFrames) return [header(attribute, undefinedLength), ...encapsulated(only)];
    const value = padded(attribute.vr, encodeValues(element, utf8));
    return [header(attribute, value.length), value];
  });
}

function encodeValues({ attribute, values }: Element, utf8: boolean): Uint8Array {
  const { vr } = attribute;
  if (vr === 'SQ') {
    return joined((values as readonly DataSet[]).flatMap((item) => encodeItem(item, utf8)));
  }
  if (vr === 'OB') {
    if (values.length > 1) throw new NotWritable(attribute, 'it has one value at most');
    return (values[0] as Uint8Array | undefined) ?? new Uint8Array();
  }
  return isText(vr)
    ? encodeText(attribute as Attribute<TextVr>, values as readonly string[], utf8)
    : encodeNumbers(attribute as Attribute<NumberVr>, values as readonly number[]);
}

/** An item has the character set of what it is in, unless it declares one, as records of a directory do. */
function encodeItem(item: DataSet, utf8: boolean): Uint8Array[] {
  const content = encodeElements(item, utf8 || declaresUtf8(item));
  // What all items are together is held against the most by the sequence's own length.
  const length = content.reduce((sum, one) => sum + one.length, 0);
  return [itemHead(itemTag, length), ...content];
}

/** The offsets of the frames and the frames themselves, each an item (PS3.5 annex A.4). */
function encapsulated({ frames }: CompressedFrames): Uint8Array[] {
  const offsets = new DataView(new ArrayBuffer(4 * frames.length));
  let at = 0;
  const items = frames.flatMap((frame, index) => {
    const even = padded('OB', frame);
    offsets.setUint32(4 * index, at, true);
    at += 8 + even.length;
    return [itemHead(itemTag, even.length), even];
  });
  return [
    itemHead(itemTag, offsets.byteLength),
    new Uint8Array(offsets.buffer),
    ...items,
    itemHead(sequenceEndTag, 0),
  ];
}

function itemHead(tag: number, length: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  putTag(head, 0, tag);
  head.setUint32(4, length, true);
  return new Uint8Array(head.buffer);
}

function header(attribute: Attribute, length: number): Uint8Array {
  const { tag, vr } = attribute;
  const isLong = longVrs.includes(vr);
  const most = isLong ? longestLong : longestShort;
  if (length > most && length !== undefinedLength)
    throw new NotWritable(attribute, `it has ${length} bytes where ${vr} allows ${most}`);
  const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  putTag(head, 0, tag);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (isLong) head.setUint32(8, length, true);
  else head.setUint16(6, length, true);
  return new Uint8Array(head.buffer);
}

/** To an even length: UIDs and bytes with zero, text with a space (PS3.5 section 6.2). */
function padded(vr: Vr, value: Uint8Array): Uint8Array {
  if (value.length % 2 === 0) return value;
  const even = new Uint8Array(value.length + 1).fill(vr === 'UI' || vr === 'OB' ? 0 : 0x20);
  even.set(value);
  return even;
}

const isText = (vr: Vr): vr is TextVr => Object.hasOwn(textRules, vr);

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
