import type { ComponentBlocks } from './jpeg-coefficients.ts';
import { decodeCoefficients } from './jpeg-coefficients.ts';
import { readJpegStream, type JpegStream } from './jpeg-stream.ts';
import { writeJpeg } from './jpeg-writer.ts';

/** What black is: the lowest or the highest level of grey, no light in red, green and blue, or no luminance. */
export type JpegBlack = 'lowest' | 'highest' | 'rgb' | 'ybr-full';

/** MCUs of a JPEG by what a mask keeps of them. */
export interface KeptUnits {
  /** Pixels of one. */
  readonly columns: number;
  readonly rows: number;
  readonly across: number;
  /** 1 where all pixels of the unit that lie in the picture are kept. */
  readonly whole: Uint8Array;
}

/** Which MCUs lie wholly inside a mask. */
export function keptUnits(
  { rows, columns, unitColumns, unitRows, unitsAcross, unitsDown }: JpegStream,
  kept: Uint8Array,
): KeptUnits {
  const whole = new Uint8Array(unitsAcross * unitsDown).fill(1);
  for (let y = 0; y < rows; y += 1) {
    const line = Math.floor(y / unitRows) * unitsAcross;
    for (let x = 0; x < columns; x += 1) {
      if (kept[y * columns + x] === 0) whole[line + Math.floor(x / unitColumns)] = 0;
    }
  }
  return { columns: unitColumns, rows: unitRows, across: unitsAcross, whole };
}

/**
 * A lossy JPEG in which every MCU that does not lie wholly inside the mask is black, and all others have their
 * coefficients bit for bit: nothing is decoded to pixels and nothing quantised again.
 *
 * @param kept rows × columns of the JPEG, 1 where a pixel is kept
 * @throws UndecodableFrame for what is no sequential JPEG of 8 bits, or damaged
 */
export function blackenJpeg(bytes: Uint8Array, kept: Uint8Array, black: JpegBlack): Uint8Array {
  const stream = readJpegStream(bytes);
  const blocks = decodeCoefficients(bytes, stream);
  const { across, whole } = keptUnits(stream, kept);
  stream.components.forEach(({ blocksAcross, blocksDown, quantisation }, index) => {
    const dc = blackDc(black, index, stream.quantisation.get(quantisation)![0]!);
    blackenBlocks(blocks[index]!, dc, (x, y) => {
      return whole[Math.floor(y / blocksDown) * across + Math.floor(x / blocksAcross)] === 0;
    });
  });
  return writeJpeg(stream, blocks);
}

function blackenBlocks(
  { across, down, coefficients }: ComponentBlocks,
  dc: number,
  isBlack: (x: number, y: number) => boolean,
): void {
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      if (!isBlack(x, y)) continue;
      const start = (y * across + x) * 64;
      coefficients.fill(0, start, start + 64);
      coefficients[start] = dc;
    }
  }
}

/**
 * The quantised DC of a block of one level: eight times its distance from the middle of the range (T.81 A.3.1 and A.3.3),
 * and no less than that after quantisation, so that every sample is cut to the end of the range.
 */
function blackDc(black: JpegBlack, component: number, step: number): number {
  if (black === 'ybr-full' && component > 0) return 0;
  return black === 'highest' ? Math.ceil(1016 / step) : -Math.ceil(1024 / step);
}
