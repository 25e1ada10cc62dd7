import type { PixelDescription } from '../pixel-description.ts';
import { HuffmanTable, ScanBits } from './huffman.ts';
import { markedColour, readJpegHeader } from './jpeg-marker.ts';
import type { Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';

interface Scan {
  /** Components of the scan as indices into the frame's components, and their tables. */
  readonly components: readonly { readonly index: number; readonly table: HuffmanTable }[];
  readonly predictor: number;
  readonly pointTransform: number;
  readonly restartInterval: number;
  readonly dataOffset: number;
}

/**
 * JPEG lossless, sequential Huffman (ITU-T T.81 annex H, process 14, any predictor), 2 to 16 bits, one or three
 * components, interleaved in one scan or one scan each. Every step is bounded by the frame size and the data.
 */
export function decodeJpegLossless(encoded: Uint8Array, pixels: PixelDescription): Samples {
  const header = readJpegHeader(encoded);
  if (header === null) throw new UndecodableFrame('it is not a JPEG image');
  if (header.startOfFrame !== 0xc3) throw new UndecodableFrame('it is not a lossless JPEG image');
  const { rows, columns, precision, components } = header;
  if (rows !== pixels.rows || columns !== pixels.columns) {
    throw new UndecodableFrame(
      `it is ${columns} × ${rows} pixels, and the file says ${pixels.columns} × ${pixels.rows}`,
    );
  }
  if (components.length !== pixels.samplesPerPixel) {
    throw new UndecodableFrame(
      `it has ${components.length} components, and the file says ${pixels.samplesPerPixel}`,
    );
  }
  if (precision < 2 || precision > 16 || precision > pixels.bitsAllocated) {
    throw new UndecodableFrame(`its samples have ${precision} bits`);
  }
  if (components.some(({ horizontal, vertical }) => horizontal !== 1 || vertical !== 1)) {
    throw new UndecodableFrame('its colour components are subsampled');
  }
  const channels = pixels.samplesPerPixel;
  const data =
    pixels.bitsAllocated === 8
      ? new Uint8Array(rows * columns * channels)
      : new Uint16Array(rows * columns * channels);
  const decoded = new Set<number>();
  for (const scan of scans(encoded, components)) {
    decodeScan(encoded, scan, { rows, columns, channels, precision, data });
    for (const { index } of scan.components) decoded.add(index);
  }
  if (decoded.size !== channels) throw new UndecodableFrame('it lacks a scan');
  return { rows, columns, channels, data, colour: channels === 1 ? 'grey' : markedColour(header) };
}

/** Walks the markers and yields each scan with the tables that are in force for it. */
function* scans(encoded: Uint8Array, components: readonly { readonly id: number }[]): Generator<Scan> {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const tables = new Map<number, HuffmanTable>();
  let restartInterval = 0;
  let position = 2;
  let found = 0;
  while (position + 4 <= encoded.length && found < components.length) {
    // Entropy-coded data of the scan before are stepped over here: a marker is 0xFF and neither 0 nor a restart.
    const marker = encoded[position + 1]!;
    if (encoded[position] !== 0xff || marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) {
      position += 1;
      continue;
    }
    if (marker === 0xd9) return;
    const length = view.getUint16(position + 2);
    const body = position + 4;
    const end = position + 2 + length;
    if (length < 2 || end > encoded.length) throw new UndecodableFrame('its markers are damaged');
    if (marker === 0xc4) readTables(encoded.subarray(body, end), tables);
    if (marker === 0xdd && length >= 4) restartInterval = view.getUint16(body);
    if (marker === 0xda) {
      found += 1;
      yield readScan(encoded.subarray(body, end), components, tables, restartInterval, end);
    }
    position = end;
  }
}

function readTables(segment: Uint8Array, tables: Map<number, HuffmanTable>): void {
  let position = 0;
  while (position + 17 <= segment.length) {
    const counts = segment.subarray(position + 1, position + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = segment.subarray(position + 17, position + 17 + total);
    if (symbols.length !== total) throw new UndecodableFrame('its Huffman table is cut short');
    tables.set(segment[position]! & 15, new HuffmanTable(counts, symbols));
    position += 17 + total;
  }
}

function readScan(
  segment: Uint8Array,
  components: readonly { readonly id: number }[],
  tables: ReadonlyMap<number, HuffmanTable>,
  restartInterval: number,
  dataOffset: number,
): Scan {
  const count = segment[0] ?? 0;
  if (count < 1 || segment.length < 4 + count * 2) throw new UndecodableFrame('its scan header is cut short');
  const selected = Array.from({ length: count }, (_, position) => {
    const index = components.findIndex(({ id }) => id === segment[1 + position * 2]);
    const table = tables.get(segment[2 + position * 2]! >> 4);
    if (index < 0 || table === undefined)
      throw new UndecodableFrame('its scan header names what is not there');
    return { index, table };
  });
  const predictor = segment[1 + count * 2]!;
  if (predictor < 1 || predictor > 7) throw new UndecodableFrame(`its predictor is ${predictor}`);
  return {
    components: selected,
    predictor,
    pointTransform: segment[3 + count * 2]! & 15,
    restartInterval,
    dataOffset,
  };
}

interface Target {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly precision: number;
  readonly data: Uint8Array | Uint16Array;
}

function decodeScan(encoded: Uint8Array, scan: Scan, target: Target): void {
  const { rows, columns, channels, precision, data } = target;
  const bits = new ScanBits(encoded, scan.dataOffset);
  const start = 2 ** (precision - scan.pointTransform - 1);
  const rowSamples = columns * channels;
  const mask = 2 ** precision - 1;
  let untilRestart = scan.restartInterval;
  /** Row in which prediction begins anew: the first, and the one of each restart. */
  let firstRow = true;
  let firstPixel = true;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      if (scan.restartInterval > 0 && untilRestart === 0) {
        bits.restart();
        untilRestart = scan.restartInterval;
        firstRow = true;
        firstPixel = true;
      }
      untilRestart -= 1;
      for (const { index, table } of scan.components) {
        const at = y * rowSamples + x * channels + index;
        const predicted = firstPixel
          ? start
          : firstRow && x > 0
            ? data[at - channels]! >> scan.pointTransform
            : x === 0
              ? data[at - rowSamples]! >> scan.pointTransform
              : predict(data, at, channels, rowSamples, scan);
        const value = predicted + bits.difference(table);
        data[at] = ((value & 0xffff) << scan.pointTransform) & mask;
      }
      firstPixel = false;
    }
    firstRow = false;
  }
}

/** Predictors of table H.1: a is left, b above, c above left. */
function predict(
  data: Uint8Array | Uint16Array,
  at: number,
  channels: number,
  rowSamples: number,
  { predictor, pointTransform }: Scan,
): number {
  const a = data[at - channels]! >> pointTransform;
  const b = data[at - rowSamples]! >> pointTransform;
  const c = data[at - rowSamples - channels]! >> pointTransform;
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}
