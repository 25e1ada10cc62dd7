import { huffmanCode, type HuffmanCode } from './huffman-code.ts';
import { visitBlocks, type ComponentBlocks } from './jpeg-coefficients.ts';
import type { JpegScan, JpegStream } from './jpeg-stream.ts';
import { UndecodableFrame } from './undecodable-frame.ts';

const mostDcBits = 11;
const mostAcBits = 10;
const endOfBlock = 0x00;
const sixteenZeros = 0xf0;

/**
 * A JPEG of coefficients as they are, with the frame, scans and restarts of another stream and Huffman codes of its own.
 * It holds what decoding needs and nothing else: of application data only whether colour is transformed.
 *
 * @throws UndecodableFrame where a coefficient is larger than the process allows
 */
export function writeJpeg(stream: JpegStream, blocks: readonly ComponentBlocks[]): Uint8Array {
  const out = new ByteSink();
  out.bytes(0xff, 0xd8);
  // Of JFIF the version alone; of Adobe its transform: nothing that was in the file.
  if (stream.jfif) segment(out, 0xe0, [...ascii('JFIF'), 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  if (stream.adobeTransform !== null) {
    segment(out, 0xee, [...ascii('Adobe'), 0, 100, 0, 0, 0, 0, stream.adobeTransform]);
  }
  for (const destination of new Set(stream.components.map(({ quantisation }) => quantisation))) {
    const steps = [...stream.quantisation.get(destination)!];
    const wide = steps.some((step) => step > 255);
    const values = wide ? steps.flatMap((step) => [step >> 8, step & 255]) : steps;
    segment(out, 0xdb, [(wide ? 0x10 : 0) | destination, ...values]);
  }
  segment(out, stream.startOfFrame, [
    ...[8, stream.rows >> 8, stream.rows & 255, stream.columns >> 8, stream.columns & 255],
    stream.components.length,
    ...stream.components.flatMap(({ id, horizontal, vertical, quantisation }) => [
      id,
      (horizontal << 4) | vertical,
      quantisation,
    ]),
  ]);
  let restartInterval = 0;
  for (const scan of stream.scans) {
    if (scan.restartInterval !== restartInterval) {
      restartInterval = scan.restartInterval;
      segment(out, 0xdd, [restartInterval >> 8, restartInterval & 255]);
    }
    writeScan(out, stream, scan, blocks);
  }
  out.bytes(0xff, 0xd9);
  return out.taken();
}

interface Tables<T> {
  readonly dc: Map<number, T>;
  readonly ac: Map<number, T>;
}

function writeScan(
  out: ByteSink,
  stream: JpegStream,
  scan: JpegScan,
  blocks: readonly ComponentBlocks[],
): void {
  const counted: Tables<Uint32Array> = { dc: new Map(), ac: new Map() };
  for (const { dcId, acId } of scan.components) {
    counted.dc.set(dcId, counted.dc.get(dcId) ?? new Uint32Array(256));
    counted.ac.set(acId, counted.ac.get(acId) ?? new Uint32Array(256));
  }
  visitScan(stream, scan, blocks, {
    dc: (place, size) => (counted.dc.get(scan.components[place]!.dcId)![size]! += 1),
    ac: (place, symbol) => (counted.ac.get(scan.components[place]!.acId)![symbol]! += 1),
    restart: () => undefined,
  });
  const codes: Tables<HuffmanCode> = { dc: codesOf(counted.dc), ac: codesOf(counted.ac) };
  for (const [kind, tables] of [
    [0x00, codes.dc],
    [0x10, codes.ac],
  ] as const) {
    for (const [id, { counts, symbols }] of tables) segment(out, 0xc4, [kind | id, ...counts, ...symbols]);
  }
  segment(out, 0xda, [
    scan.components.length,
    ...scan.components.flatMap(({ index, dcId, acId }) => [stream.components[index]!.id, (dcId << 4) | acId]),
    ...[0, 63, 0],
  ]);
  const bits = new BitSink(out);
  const dc = scan.components.map(({ dcId }) => codes.dc.get(dcId)!);
  const ac = scan.components.map(({ acId }) => codes.ac.get(acId)!);
  let restarts = 0;
  visitScan(stream, scan, blocks, {
    dc(place, size, value) {
      bits.write(dc[place]!.codes[size]!, dc[place]!.lengths[size]!);
      bits.writeValue(value, size);
    },
    ac(place, symbol, value) {
      bits.write(ac[place]!.codes[symbol]!, ac[place]!.lengths[symbol]!);
      bits.writeValue(value, symbol & 15);
    },
    restart() {
      bits.flush();
      out.bytes(0xff, 0xd0 | (restarts & 7));
      restarts += 1;
    },
  });
  bits.flush();
}

const codesOf = (counted: ReadonlyMap<number, Uint32Array>): Map<number, HuffmanCode> =>
  new Map([...counted].map(([id, frequencies]) => [id, huffmanCode(frequencies)]));

interface SymbolVisitor {
  dc(place: number, size: number, value: number): void;
  ac(place: number, symbol: number, value: number): void;
  restart(): void;
}

/** The symbols of a scan, with the value that follows each, in the order in which they are written (F.1.2). */
function visitScan(
  stream: JpegStream,
  scan: JpegScan,
  blocks: readonly ComponentBlocks[],
  visitor: SymbolVisitor,
): void {
  const previous = new Int32Array(scan.components.length);
  visitBlocks(stream, scan, {
    restart() {
      previous.fill(0);
      visitor.restart();
    },
    block(place, block) {
      const { coefficients } = blocks[scan.components[place]!.index]!;
      const start = block * 64;
      const difference = coefficients[start]! - previous[place]!;
      previous[place] = coefficients[start]!;
      const size = bitsOf(difference);
      if (size > mostDcBits) throw new UndecodableFrame('its coefficients are too large to be written again');
      visitor.dc(place, size, difference);
      let zeros = 0;
      for (let at = 1; at < 64; at += 1) {
        const value = coefficients[start + at]!;
        if (value === 0) {
          zeros += 1;
          continue;
        }
        for (; zeros > 15; zeros -= 16) visitor.ac(place, sixteenZeros, 0);
        const bits = bitsOf(value);
        if (bits > mostAcBits)
          throw new UndecodableFrame('its coefficients are too large to be written again');
        visitor.ac(place, (zeros << 4) | bits, value);
        zeros = 0;
      }
      if (zeros > 0) visitor.ac(place, endOfBlock, 0);
    },
  });
}

const bitsOf = (value: number): number => (value === 0 ? 0 : 32 - Math.clz32(Math.abs(value)));
const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

function segment(out: ByteSink, marker: number, body: readonly number[]): void {
  const length = body.length + 2;
  out.bytes(0xff, marker, length >> 8, length & 255, ...body);
}

/** Bytes that grow as they come. */
class ByteSink {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;

  bytes(...values: readonly number[]): void {
    for (const value of values) this.byte(value);
  }

  byte(value: number): void {
    if (this.#length === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer[this.#length] = value;
    this.#length += 1;
  }

  taken(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }
}

/** Bits, most significant first, with a zero behind every byte of ones and ones at the end (F.1.2.3). */
class BitSink {
  readonly #out: ByteSink;
  #bits = 0;
  #count = 0;

  constructor(out: ByteSink) {
    this.#out = out;
  }

  /** At most 16 bits; fewer than 8 are held before. */
  write(value: number, count: number): void {
    this.#bits = ((this.#bits << count) | value) & 0xff_ffff;
    this.#count += count;
    while (this.#count >= 8) {
      const byte = (this.#bits >>> (this.#count - 8)) & 255;
      this.#out.byte(byte);
      if (byte === 255) this.#out.byte(0);
      this.#count -= 8;
    }
  }

  /** Negative values are written one less, without their sign (table F.1). */
  writeValue(value: number, count: number): void {
    if (count > 0) this.write((value >= 0 ? value : value - 1) & ((1 << count) - 1), count);
  }

  flush(): void {
    const open = (8 - this.#count) % 8;
    if (open > 0) this.write((1 << open) - 1, open);
    this.#bits = 0;
    this.#count = 0;
  }
}
