import { ScanBits } from './huffman.ts';
import type { JpegScan, JpegStream } from './jpeg-stream.ts';
import { UndecodableFrame } from './undecodable-frame.ts';

/** The quantised coefficients of one component, block after block in rows, each of 64 in zigzag order. */
export interface ComponentBlocks {
  readonly across: number;
  readonly down: number;
  readonly coefficients: Int16Array;
}

/** What an 8-bit process may state (T.81 tables F.1 and F.2). */
const mostDcBits = 11;
const mostAcBits = 10;
const largestDc = 2047;

/**
 * The quantised coefficients of all components: the entropy coding undone and nothing else (T.81 F.2.2). Every step is
 * bounded by the frame's size and the data.
 *
 * @throws UndecodableFrame
 */
export function decodeCoefficients(bytes: Uint8Array, stream: JpegStream): ComponentBlocks[] {
  const blocks = stream.components.map(({ blocksAcross, blocksDown }) => {
    const across = stream.unitsAcross * blocksAcross;
    const down = stream.unitsDown * blocksDown;
    return { across, down, coefficients: new Int16Array(across * down * 64) };
  });
  for (const scan of stream.scans) decodeScan(bytes, stream, scan, blocks);
  return blocks;
}

/** Where the blocks of a scan lie: the order in which they are coded, with the restarts between them. */
export interface BlockVisitor {
  /** @param place of the component in the scan, `block` counts in the component's rows of blocks */
  block(place: number, block: number): void;
  restart(): void;
}

/** Visits the blocks of a scan in the order of their codes: MCU by MCU, or block by block of a single component. */
export function visitBlocks(
  stream: JpegStream,
  scan: Pick<JpegScan, 'components' | 'restartInterval'>,
  visitor: BlockVisitor,
): void {
  const { components, unitsAcross, unitsDown } = stream;
  const [only] = scan.components;
  const single = scan.components.length === 1 ? components[only!.index]! : null;
  // A component alone has no more blocks than its own samples fill (A.2.2).
  const size = (pixels: number, factor: number, most: number): number =>
    Math.ceil(Math.ceil((pixels * factor) / most) / 8);
  const most = { across: stream.unitColumns / 8, down: stream.unitRows / 8 };
  const across = single === null ? unitsAcross : size(stream.columns, single.blocksAcross, most.across);
  const down = single === null ? unitsDown : size(stream.rows, single.blocksDown, most.down);
  let untilRestart = scan.restartInterval;
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      if (scan.restartInterval > 0) {
        if (untilRestart === 0) {
          visitor.restart();
          untilRestart = scan.restartInterval;
        }
        untilRestart -= 1;
      }
      if (single !== null) {
        visitor.block(0, y * unitsAcross * single.blocksAcross + x);
        continue;
      }
      for (let place = 0; place < scan.components.length; place += 1) {
        const { blocksAcross, blocksDown } = components[scan.components[place]!.index]!;
        for (let row = 0; row < blocksDown; row += 1) {
          const line = (y * blocksDown + row) * unitsAcross * blocksAcross + x * blocksAcross;
          for (let column = 0; column < blocksAcross; column += 1) visitor.block(place, line + column);
        }
      }
    }
  }
}

function decodeScan(
  bytes: Uint8Array,
  stream: JpegStream,
  scan: JpegScan,
  blocks: readonly ComponentBlocks[],
): void {
  const bits = new ScanBits(bytes, scan.dataOffset);
  const previous = new Int32Array(scan.components.length);
  visitBlocks(stream, scan, {
    restart() {
      bits.restart();
      previous.fill(0);
    },
    block(place, block) {
      const { index, dc, ac } = scan.components[place]!;
      const { coefficients } = blocks[index]!;
      const start = block * 64;
      const category = bits.symbol(dc);
      if (category > mostDcBits) throw new UndecodableFrame('its compressed data are damaged');
      const value = previous[place]! + bits.value(category);
      if (Math.abs(value) > largestDc) throw new UndecodableFrame('its compressed data are damaged');
      previous[place] = value;
      coefficients[start] = value;
      for (let at = 1; at < 64; at += 1) {
        const symbol = bits.symbol(ac);
        const size = symbol & 15;
        if (size === 0) {
          if (symbol !== 0xf0) break;
          at += 15;
          continue;
        }
        at += symbol >> 4;
        if (at > 63 || size > mostAcBits) throw new UndecodableFrame('its compressed data are damaged');
        coefficients[start + at] = bits.value(size);
      }
    },
  });
}
