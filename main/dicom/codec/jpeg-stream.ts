import { HuffmanTable } from './huffman.ts';
import { readJpegHeader } from './jpeg-marker.ts';
import { UndecodableFrame } from './undecodable-frame.ts';

/** A component of a frame (ITU-T T.81 B.2.2), and the blocks that it has in one MCU of all components. */
export interface JpegComponent {
  readonly id: number;
  /** Sampling factors as the stream states them. */
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantisation: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
}

/** One scan: which components it holds, with the tables in force for each, and where its data begin. */
export interface JpegScan {
  readonly components: readonly {
    /** Among the components of the frame. */
    readonly index: number;
    readonly dcId: number;
    readonly acId: number;
    readonly dc: HuffmanTable;
    readonly ac: HuffmanTable;
  }[];
  readonly restartInterval: number;
  readonly dataOffset: number;
}

/** A sequential JPEG of 8 bits with Huffman codes, taken apart down to its scans. */
export interface JpegStream {
  /** 0xC0 baseline or 0xC1 extended. */
  readonly startOfFrame: 0xc0 | 0xc1;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly JpegComponent[];
  /** Steps of the quantisation tables in zigzag order, by destination. */
  readonly quantisation: ReadonlyMap<number, Uint16Array>;
  readonly scans: readonly JpegScan[];
  readonly jfif: boolean;
  readonly adobeTransform: number | null;
  /** Pixels that one MCU covers, and how many of them the frame has. */
  readonly unitColumns: number;
  readonly unitRows: number;
  readonly unitsAcross: number;
  readonly unitsDown: number;
}

const mostBlocksOfUnit = 10;
const mostDestinations = 4;
/** Segments of one picture; writers make a dozen. */
const mostSegments = 1000;

/**
 * Takes a sequential JPEG apart. What stands between the segments that decoding needs (comments, application data,
 * thumbnails, a second picture) is stepped over and stays behind.
 *
 * @throws UndecodableFrame for other processes (progressive, lossless, arithmetic), and for what T.81 does not allow
 */
export function readJpegStream(bytes: Uint8Array): JpegStream {
  const header = readJpegHeader(bytes);
  if (header === null) throw new UndecodableFrame('it is not a JPEG image');
  const { startOfFrame, precision, rows, columns, jfif, adobeTransform } = header;
  if (startOfFrame !== 0xc0 && startOfFrame !== 0xc1) {
    throw new UndecodableFrame('its JPEG process is not baseline or extended');
  }
  if (precision !== 8) throw new UndecodableFrame(`its samples have ${precision} bits`);
  const count = header.components.length;
  if (rows === 0 || columns === 0 || (count !== 1 && count !== 3)) {
    throw new UndecodableFrame('its frame header is damaged');
  }
  const reader = new SegmentReader(bytes, count);
  const components = header.components.map((component, index): JpegComponent => {
    // A single component is never interleaved, whatever its factors say (A.2.2).
    const [blocksAcross, blocksDown] = count === 1 ? [1, 1] : [component.horizontal, component.vertical];
    if (!isFactor(component.horizontal) || !isFactor(component.vertical)) {
      throw new UndecodableFrame('its frame header is damaged');
    }
    return { ...component, quantisation: reader.quantisationOf[index]!, blocksAcross, blocksDown };
  });
  if (new Set(components.map(({ id }) => id)).size !== count) {
    throw new UndecodableFrame('its components have the same name');
  }
  if (sum(components, ({ blocksAcross, blocksDown }) => blocksAcross * blocksDown) > mostBlocksOfUnit) {
    throw new UndecodableFrame('its frame header is damaged');
  }
  const scans = reader.scans.map((scan) => scanOf(scan, components));
  const scanned = scans.flatMap((scan) => scan.components.map(({ index }) => index));
  if (scanned.length !== count || new Set(scanned).size !== count) {
    throw new UndecodableFrame('its scans are not one of each component');
  }
  const unitColumns = 8 * Math.max(...components.map(({ blocksAcross }) => blocksAcross));
  const unitRows = 8 * Math.max(...components.map(({ blocksDown }) => blocksDown));
  for (const { quantisation } of components) {
    if (!reader.quantisation.has(quantisation)) throw new UndecodableFrame('it lacks a quantisation table');
  }
  return {
    startOfFrame,
    rows,
    columns,
    components,
    quantisation: reader.quantisation,
    scans,
    jfif,
    adobeTransform,
    unitColumns,
    unitRows,
    unitsAcross: Math.ceil(columns / unitColumns),
    unitsDown: Math.ceil(rows / unitRows),
  };
}

interface RawScan {
  readonly segment: Uint8Array;
  readonly dc: ReadonlyMap<number, HuffmanTable>;
  readonly ac: ReadonlyMap<number, HuffmanTable>;
  readonly restartInterval: number;
  readonly dataOffset: number;
}

/** Walks the segments up to the end of the image, or to the last scan that its components can have. */
class SegmentReader {
  readonly quantisation = new Map<number, Uint16Array>();
  /** Destination of each component's quantisation table, in the order of the frame header. */
  readonly quantisationOf: number[] = [];
  readonly scans: RawScan[] = [];

  constructor(bytes: Uint8Array, components: number) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const dc = new Map<number, HuffmanTable>();
    const ac = new Map<number, HuffmanTable>();
    let restartInterval = 0;
    let scanned = 0;
    let segments = 0;
    let position = 2;
    while (position + 4 <= bytes.length && scanned < components) {
      const marker = bytes[position + 1]!;
      // Between scans lie their data: a marker is 0xFF and neither 0, nor a fill byte, nor a restart.
      if (bytes[position] !== 0xff || marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd8)) {
        position += 1;
        continue;
      }
      if (marker === 0xd9) return;
      const length = view.getUint16(position + 2);
      const end = position + 2 + length;
      segments += 1;
      if (length < 2 || end > bytes.length || segments > mostSegments) {
        throw new UndecodableFrame('its markers are damaged');
      }
      const segment = bytes.subarray(position + 4, end);
      if (marker === 0xdb) this.#readQuantisation(segment);
      if (marker === 0xc4) readTables(segment, dc, ac);
      if (marker === 0xdd && length >= 4) restartInterval = view.getUint16(position + 4);
      if (marker === 0xdc) throw new UndecodableFrame('its number of lines comes after its scan');
      if (isFrameHeader(marker)) this.#readFrameHeader(segment);
      if (marker === 0xda) {
        scanned += segment[0] ?? 0;
        this.scans.push({ segment, dc: new Map(dc), ac: new Map(ac), restartInterval, dataOffset: end });
      }
      position = end;
    }
  }

  #readFrameHeader(segment: Uint8Array): void {
    if (this.quantisationOf.length > 0) throw new UndecodableFrame('it has two frame headers');
    const count = segment[5] ?? 0;
    for (let index = 0; index < count; index += 1) this.quantisationOf.push(segment[8 + index * 3]!);
  }

  #readQuantisation(segment: Uint8Array): void {
    // Steps that change between scans would say which scan they are meant for.
    if (this.scans.length > 0) throw new UndecodableFrame('its quantisation changes between scans');
    let position = 0;
    while (position < segment.length) {
      const wide = segment[position]! >> 4 !== 0;
      const destination = segment[position]! & 15;
      const size = wide ? 128 : 64;
      if (position + 1 + size > segment.length || destination >= mostDestinations) {
        throw new UndecodableFrame('its quantisation table is damaged');
      }
      const steps = new Uint16Array(64);
      for (let index = 0; index < 64; index += 1) {
        const at = position + 1 + index * (wide ? 2 : 1);
        steps[index] = wide ? (segment[at]! << 8) | segment[at + 1]! : segment[at]!;
      }
      if (steps.includes(0)) throw new UndecodableFrame('its quantisation table is damaged');
      this.quantisation.set(destination, steps);
      position += 1 + size;
    }
  }
}

function readTables(segment: Uint8Array, dc: Map<number, HuffmanTable>, ac: Map<number, HuffmanTable>): void {
  let position = 0;
  while (position + 17 <= segment.length) {
    const counts = segment.subarray(position + 1, position + 17);
    const total = sum([...counts], (count) => count);
    const symbols = segment.subarray(position + 17, position + 17 + total);
    const destination = segment[position]! & 15;
    if (symbols.length !== total || total > 256 || destination >= mostDestinations) {
      throw new UndecodableFrame('its Huffman table is damaged');
    }
    (segment[position]! >> 4 === 0 ? dc : ac).set(destination, new HuffmanTable(counts, symbols));
    position += 17 + total;
  }
}

function scanOf(
  { segment, dc, ac, restartInterval, dataOffset }: RawScan,
  components: readonly JpegComponent[],
): JpegScan {
  const count = segment[0] ?? 0;
  if (count < 1 || count > components.length || segment.length < 4 + count * 2) {
    throw new UndecodableFrame('its scan header is damaged');
  }
  const [first, last, approximation] = segment.subarray(1 + count * 2);
  if (first !== 0 || last !== 63 || approximation !== 0) {
    throw new UndecodableFrame('its scans are not sequential');
  }
  return {
    components: Array.from({ length: count }, (_, place) => {
      const index = components.findIndex(({ id }) => id === segment[1 + place * 2]);
      const tables = segment[2 + place * 2]!;
      const [dcId, acId] = [tables >> 4, tables & 15];
      const [dcTable, acTable] = [dc.get(dcId), ac.get(acId)];
      if (index < 0 || dcTable === undefined || acTable === undefined) {
        throw new UndecodableFrame('its scan header names what is not there');
      }
      return { index, dcId, acId, dc: dcTable, ac: acTable };
    }),
    restartInterval,
    dataOffset,
  };
}

const isFactor = (factor: number): boolean => factor >= 1 && factor <= 4;
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const sum = <T>(list: readonly T[], of: (value: T) => number): number =>
  list.reduce((total, value) => total + of(value), 0);
