import type { Attribute, BinaryNumberVr, NumberVr } from './attribute.ts';
import { decimalText, longestDecimal } from './decimal.ts';
import { NotWritable } from './not-writable.ts';
import { putTag } from './put-tag.ts';

const integers = {
  AT: { least: 0, greatest: 0xffff_ffff },
  US: { least: 0, greatest: 0xffff },
  SS: { least: -0x8000, greatest: 0x7fff },
  UL: { least: 0, greatest: 0xffff_ffff },
  SL: { least: -0x8000_0000, greatest: 0x7fff_ffff },
  IS: { least: -0x8000_0000, greatest: 0x7fff_ffff },
} as const;

interface BinaryNumber {
  readonly bytes: number;
  put(view: DataView, at: number, value: number): void;
}

const binary: Readonly<Record<BinaryNumberVr, BinaryNumber>> = {
  AT: { bytes: 4, put: putTag },
  US: { bytes: 2, put: (view, at, value) => view.setUint16(at, value, true) },
  SS: { bytes: 2, put: (view, at, value) => view.setInt16(at, value, true) },
  UL: { bytes: 4, put: (view, at, value) => view.setUint32(at, value, true) },
  SL: { bytes: 4, put: (view, at, value) => view.setInt32(at, value, true) },
  FL: { bytes: 4, put: (view, at, value) => view.setFloat32(at, value, true) },
  FD: { bytes: 8, put: (view, at, value) => view.setFloat64(at, value, true) },
};

/**
 * Numbers as they are written, without padding. One that DS has no room for is refused: whoever writes it rounds it
 * ({@link roundedDecimal}) and knows that.
 *
 * @throws NotWritable
 */
export function encodeNumbers(attribute: Attribute<NumberVr>, values: readonly number[]): Uint8Array {
  const { vr } = attribute;
  for (const value of values) {
    const problem = problemOf(vr, value);
    if (problem !== null) throw new NotWritable(attribute, problem);
  }
  if (vr === 'DS' || vr === 'IS') return new TextEncoder().encode(values.map(decimalText).join('\\'));
  const { bytes, put } = binary[vr];
  const encoded = new Uint8Array(bytes * values.length);
  const view = new DataView(encoded.buffer);
  values.forEach((value, index) => put(view, index * bytes, value));
  return encoded;
}

function problemOf(vr: NumberVr, value: number): string | null {
  if (!Number.isFinite(value)) return `${value} is no number that can be written`;
  if (vr === 'FD') return null;
  if (vr === 'FL') {
    return Number.isFinite(Math.fround(value)) ? null : `${value} is beyond what FL can hold`;
  }
  if (vr === 'DS') {
    const text = decimalText(value);
    return text.length > longestDecimal ? `"${text}" is longer than the ${longestDecimal} bytes of DS` : null;
  }
  const { least, greatest } = integers[vr];
  if (!Number.isInteger(value)) return `${value} is no whole number`;
  return value < least || value > greatest ? `${value} is beyond what ${vr} can hold` : null;
}
