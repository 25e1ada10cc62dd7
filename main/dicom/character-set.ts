/**
 * Text of DICOM data sets (PS3.5 section 6.1.2 and annexes H, I, J, K): single-byte sets, multi-byte sets with
 * ISO 2022 code extensions, UTF-8, GB18030 and GBK.
 */

/** Bytes ≥ 0x80 (or all bytes) to text; the label is one that TextDecoder knows. */
interface SingleByteSet {
  readonly label: string;
}

/** Single-byte sets by ISO-IR number. Thai TIS-620 and Turkish Latin-5 are subsets of their Windows pages. */
const singleByteLabels: Readonly<Record<string, string>> = {
  '6': 'latin1',
  '100': 'latin1',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '144': 'iso-8859-5',
  '127': 'iso-8859-6',
  '126': 'iso-8859-7',
  '138': 'iso-8859-8',
  '148': 'windows-1254',
  '203': 'iso-8859-15',
  '166': 'windows-874',
  '13': 'shift_jis',
  '14': 'shift_jis',
};

/** A set that an escape sequence shifts into G0 (7-bit codes) or G1 (8-bit codes). */
type Graphic =
  | { readonly kind: 'ascii' }
  | ({ readonly kind: 'single' } & SingleByteSet)
  | { readonly kind: 'double'; readonly label: string; readonly prefix: readonly number[] };

const ascii: Graphic = { kind: 'ascii' };
const double = (label: string, prefix: readonly number[] = []): Graphic => ({
  kind: 'double',
  label,
  prefix,
});
const single = (isoIr: string): Graphic => ({ kind: 'single', label: singleByteLabels[isoIr]! });

/** Escape sequences without their ESC byte (PS3.3 tables C.12-3 and C.12-4). */
const escapes: readonly { readonly bytes: string; readonly register: 'g0' | 'g1'; readonly set: Graphic }[] =
  [
    { bytes: '(B', register: 'g0', set: ascii },
    { bytes: '(J', register: 'g0', set: ascii },
    { bytes: ')I', register: 'g1', set: single('13') },
    { bytes: '-A', register: 'g1', set: single('100') },
    { bytes: '-B', register: 'g1', set: single('101') },
    { bytes: '-C', register: 'g1', set: single('109') },
    { bytes: '-D', register: 'g1', set: single('110') },
    { bytes: '-L', register: 'g1', set: single('144') },
    { bytes: '-G', register: 'g1', set: single('127') },
    { bytes: '-F', register: 'g1', set: single('126') },
    { bytes: '-H', register: 'g1', set: single('138') },
    { bytes: '-M', register: 'g1', set: single('148') },
    { bytes: '-b', register: 'g1', set: single('203') },
    { bytes: '-T', register: 'g1', set: single('166') },
    { bytes: '$B', register: 'g0', set: double('euc-jp') },
    { bytes: '$(D', register: 'g0', set: double('euc-jp', [0x8f]) },
    { bytes: '$)C', register: 'g1', set: double('euc-kr') },
    { bytes: '$)A', register: 'g1', set: double('gbk') },
  ];

const escapeByte = 0x1b;

export interface TextDecoding {
  /** Text of an attribute; `personName` resets code extensions at the delimiters of a PN as well. */
  decode(bytes: Uint8Array, personName?: boolean): string;
}

/**
 * The decoding that SpecificCharacterSet (0008,0005) asks for. Unknown or absent values fall back to UTF-8 where
 * the bytes are valid UTF-8 and to Latin-1 otherwise, which is what scanners write without saying so.
 */
export function textDecoding(specificCharacterSet: readonly string[]): TextDecoding {
  const terms = specificCharacterSet.map(normalise);
  const first = terms[0] ?? '';
  if (terms.includes('192') && terms.length === 1) return { decode: (bytes) => decodeWith('utf-8', bytes) };
  if (first === 'GB18030' || first === 'GBK') {
    return { decode: (bytes) => decodeWith(first === 'GBK' ? 'gbk' : 'gb18030', bytes) };
  }
  const initial = initialG1(first);
  if (terms.length <= 1 && initial === null) {
    return {
      decode: (bytes, personName) =>
        bytes.includes(escapeByte)
          ? decodeIso2022(bytes, null, personName === true)
          : decodeUndeclared(bytes),
    };
  }
  return { decode: (bytes, personName) => decodeIso2022(bytes, initial, personName === true) };
}

/** "ISO 2022 IR 87", "ISO_IR 87" and the misspelt "ISO-IR 87" all become "87". */
function normalise(term: string): string {
  const upper = term.trim().toUpperCase();
  const isoIr = /^ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?(\d+)$/.exec(upper);
  if (isoIr) return isoIr[1]!;
  if (/^UTF-?8$/.test(upper)) return '192';
  return upper;
}

function initialG1(term: string): Graphic | null {
  if (term === '' || term === '6') return null;
  if (term === '149') return double('euc-kr');
  if (term === '58') return double('gbk');
  return singleByteLabels[term] === undefined ? null : single(term);
}

function decodeUndeclared(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return latin1(bytes);
  }
}

function decodeWith(label: string, bytes: Uint8Array): string {
  // TextDecoder's iso-8859-1 is Windows-1252; DICOM's is the real one.
  return label === 'latin1' ? latin1(bytes) : new TextDecoder(label, { ignoreBOM: true }).decode(bytes);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Code extensions end at control characters and value delimiters, in person names at ^ and = too (PS3.5 6.1.2.5.3). */
function isReset(byte: number, personName: boolean): boolean {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d || byte === 0x5c) return true;
  return personName && (byte === 0x5e || byte === 0x3d);
}

function decodeIso2022(bytes: Uint8Array, initial: Graphic | null, personName: boolean): string {
  let text = '';
  let g0: Graphic = ascii;
  let g1: Graphic | null = initial;
  let position = 0;
  while (position < bytes.length) {
    const byte = bytes[position]!;
    if (byte === escapeByte) {
      const rest = latin1(bytes.subarray(position + 1, position + 4));
      const escape = escapes.find((candidate) => rest.startsWith(candidate.bytes));
      if (escape) {
        if (escape.register === 'g0') g0 = escape.set;
        else g1 = escape.set;
        position += 1 + escape.bytes.length;
        continue;
      }
    }
    if (byte < 0x21 || (byte < 0x80 && g0.kind === 'ascii')) {
      if (isReset(byte, personName)) {
        g0 = ascii;
        g1 = initial;
      }
      text += String.fromCharCode(byte);
      position += 1;
      continue;
    }
    const set: Graphic = byte < 0x80 ? g0 : (g1 ?? single('100'));
    const end = endOfRun(bytes, position, byte >= 0x80);
    const run = bytes.subarray(position, end);
    text += decodeRun(set, run);
    position = end;
  }
  return text;
}

/** End of the bytes that belong to the same register: printable 7-bit codes, or 8-bit codes. */
function endOfRun(bytes: Uint8Array, start: number, high: boolean): number {
  let end = start;
  while (end < bytes.length) {
    const byte = bytes[end]!;
    if (high ? byte < 0x80 : byte < 0x21 || byte >= 0x7f) break;
    end += 1;
  }
  return end;
}

function decodeRun(set: Graphic, run: Uint8Array): string {
  if (set.kind === 'ascii') return latin1(run);
  if (set.kind === 'single') return decodeWith(set.label, run);
  const encoded: number[] = [];
  for (let index = 0; index < run.length; index += 2) {
    encoded.push(...set.prefix, run[index]! | 0x80);
    if (index + 1 < run.length) encoded.push(run[index + 1]! | 0x80);
  }
  return decodeWith(set.label, Uint8Array.from(encoded));
}
