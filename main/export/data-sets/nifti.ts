import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Pixels of 8 bits: columns run fastest, then rows, then pictures. */
export interface NiftiImage {
  readonly columns: number;
  readonly rows: number;
  /** null for one picture, which has two dimensions; else how many follow one another in the third. */
  readonly pictures: number | null;
  readonly data: Uint8Array;
  /** Size of a pixel in mm; null where none is known: it is 1 then, without a unit. */
  readonly spacing: { readonly mmPerPixelX: number; readonly mmPerPixelY: number } | null;
}

const headerBytes = 348;
/** The header and four zeros: no extension follows. */
const dataOffset = 352;
const unsignedByte = 2;
const millimetre = 2;
const scannerCoordinates = 1;
const compress = promisify(gzip);

/**
 * A NIfTI-1 file in one part, gzipped (https://nifti.nimh.nih.gov/nifti-1). Its axes are those that ITK writes for a
 * picture without an orientation: readers that count as DICOM does get an identity, others see x and y negated.
 */
export async function niftiFile({ columns, rows, pictures, data, spacing }: NiftiImage): Promise<Uint8Array> {
  const sizes = pictures === null ? [columns, rows] : [columns, rows, pictures];
  if (data.length !== sizes.reduce((product, size) => product * size, 1)) {
    throw new Error(`${data.length} pixels are no picture of ${sizes.join(' × ')}.`);
  }
  if (sizes.some((size) => size > 32_767)) throw new Error(`NIfTI-1 holds no ${sizes.join(' × ')} pixels.`);
  const [x, y] = spacing === null ? [1, 1] : [spacing.mmPerPixelX, spacing.mmPerPixelY];
  const file = Buffer.alloc(dataOffset + data.length);
  file.writeInt32LE(headerBytes, 0);
  file.writeInt16LE(sizes.length, 40);
  for (let axis = 0; axis < 7; axis++) file.writeInt16LE(sizes[axis] ?? 1, 42 + 2 * axis);
  file.writeInt16LE(unsignedByte, 70);
  file.writeInt16LE(8, 72);
  // The first is the handedness of the quaternion below.
  for (const [index, size] of [1, x, y, 1, 1, 1, 1, 1].entries()) file.writeFloatLE(size, 76 + 4 * index);
  file.writeFloatLE(dataOffset, 108);
  file.writeFloatLE(1, 112);
  file.writeUInt8(spacing === null ? 0 : millimetre, 123);
  file.write('Systola. Research use only.', 148, 79, 'latin1');
  file.writeInt16LE(scannerCoordinates, 252);
  file.writeInt16LE(scannerCoordinates, 254);
  // Half a turn about z, as quaternion (its d is 1) and as matrix.
  file.writeFloatLE(1, 264);
  file.writeFloatLE(-x, 280);
  file.writeFloatLE(-y, 300);
  file.writeFloatLE(1, 320);
  file.write('n+1', 344, 'latin1');
  file.set(data, dataOffset);
  const packed = await compress(file);
  // The system that it was packed on is nobody's business, and would make other bytes of the same picture.
  packed[9] = 255;
  return packed;
}
