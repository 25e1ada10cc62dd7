import { adaptation, curve, d50, toConnectionSpace, type Triple } from './srgb.ts';

const headerBytes = 128;
const tagBytes = 12;

/**
 * An ICC profile of sRGB as DICOM asks for it with colours (PS3.3 C.11.15.1.1): of an input device, three components by
 * matrix and curve (ICC.1:2004-10), always the same bytes.
 */
export function srgbProfile(): Uint8Array {
  const [red, green, blue] = [0, 1, 2].map((column) =>
    numbers(toConnectionSpace.map((row) => row[column]!) as unknown as Triple),
  );
  const toLight = block('para', [word(3 << 16), ...[curve.g, curve.a, curve.b, curve.c, curve.d].map(fixed)]);
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ['desc', text('sRGB')],
    ['cprt', text('No copyright')],
    ['wtpt', numbers(d50)],
    ['chad', block('sf32', adaptation.flat().map(fixed))],
    ['rXYZ', red!],
    ['gXYZ', green!],
    ['bXYZ', blue!],
    ['rTRC', toLight],
    ['gTRC', toLight],
    ['bTRC', toLight],
  ];
  // What is the same is there once (ICC.1 section 7.3.1).
  const contents = [...new Set(tags.map(([, content]) => content))];
  const begin = headerBytes + 4 + tags.length * tagBytes;
  const offsets = new Map<Uint8Array, number>();
  let end = begin;
  for (const content of contents) {
    offsets.set(content, end);
    end += content.length;
  }
  const table = tags.flatMap(([name, content]) => [
    signature(name),
    word(offsets.get(content)!),
    word(content.length),
  ]);
  return joined([header(end), word(tags.length), ...table, ...contents]);
}

/** ICC.1 section 7.2. */
const header = (size: number): Uint8Array =>
  joined([
    word(size),
    word(0),
    word(0x0420_0000),
    ...['scnr', 'RGB ', 'XYZ '].map(signature),
    // 1 January 2026.
    halves([2026, 1, 1, 0, 0, 0]),
    signature('acsp'),
    // Platform, flags, manufacturer, model, attributes; perceptual.
    new Uint8Array(4 + 4 + 4 + 4 + 8 + 4),
    ...d50.map(fixed),
    // Creator, identifier, reserved.
    new Uint8Array(4 + 16 + 28),
  ]);

const numbers = (values: Triple): Uint8Array => block('XYZ ', values.map(fixed));

/** In one language, as UTF-16. */
function text(english: string): Uint8Array {
  const characters = halves([...english].map((character) => character.charCodeAt(0)));
  return block('mluc', [
    ...[1, 12].map(word),
    ...['enUS'].map(signature),
    ...[characters.length, 28].map(word),
    characters,
  ]);
}

/** A tag's content with its type, to whole words. */
function block(type: string, parts: readonly Uint8Array[]): Uint8Array {
  const content = joined([signature(type), word(0), ...parts]);
  return joined([content, new Uint8Array(-content.length & 3)]);
}

const signature = (name: string): Uint8Array => new TextEncoder().encode(name);

/** s15Fixed16Number. */
const fixed = (value: number): Uint8Array => word(Math.round(value * 0x1_0000));

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
}

function halves(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint16(2 * index, value));
  return bytes;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
