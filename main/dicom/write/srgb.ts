/*
 * The colour space sRGB (IEC 61966-2-1) as DICOM needs it: seen from the profile connection space of the ICC, whose white
 * is D50. Everything follows from the primaries, the white and the curve that the standard of sRGB gives.
 */

export type Triple = readonly [number, number, number];
export type Matrix = readonly [Triple, Triple, Triple];

/** X, Y and Z of the white of the profile connection space (ICC.1 section 7.2.16). */
export const d50: Triple = [0.9642, 1, 0.8249];

/** Chromaticities x and y of red, green and blue, and of the white D65. */
const primaries = [
  [0.64, 0.33],
  [0.3, 0.6],
  [0.15, 0.06],
] as const;
const white = [0.3127, 0.329] as const;

/** The curve from a value to light: a power beyond a straight beginning, as parameters of an ICC curve of type 3. */
export const curve = { g: 2.4, a: 1 / 1.055, b: 0.055 / 1.055, c: 1 / 12.92, d: 0.04045 } as const;

/** Of Bradford, for the adaptation to another white (ICC.1 annex E). */
const cones: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** From light under D65 to light under D50. */
export const adaptation: Matrix = adapted(fromChromaticity(white), d50);

/** Light of red, green and blue as X, Y and Z under D50; its columns are the colorants of a profile. */
export const toConnectionSpace: Matrix = product(adaptation, linearToXyz());

/** Lightness, a and b of a colour of the screen, "#4fd8ee" (CIE 1976, white D50). */
export function labOf(hex: string): Triple {
  const light = [1, 3, 5].map((at) => toLight(parseInt(hex.slice(at, at + 2), 16) / 255));
  const [x, y, z] = times(toConnectionSpace, light as unknown as Triple).map((value, index) =>
    cubeRoot(value / d50[index]!),
  ) as [number, number, number];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const toLight = (value: number): number =>
  value < curve.d ? value * curve.c : (value * curve.a + curve.b) ** curve.g;

function cubeRoot(value: number): number {
  const least = (6 / 29) ** 3;
  return value > least ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29;
}

/** Primaries scaled so that together they are the white. */
function linearToXyz(): Matrix {
  const columns = transposed(primaries.map(fromChromaticity) as unknown as Matrix);
  const scale = times(inverse(columns), fromChromaticity(white));
  return columns.map((row) => row.map((value, index) => value * scale[index]!)) as unknown as Matrix;
}

function adapted(from: Triple, to: Triple): Matrix {
  const [source, target] = [times(cones, from), times(cones, to)];
  const scaled = cones.map((row, index) =>
    row.map((value) => (value * target[index]!) / source[index]!),
  ) as unknown as Matrix;
  return product(inverse(cones), scaled);
}

/** X, Y and Z where Y is 1. */
function fromChromaticity([x, y]: readonly [number, number]): Triple {
  return [x / y, 1, (1 - x - y) / y];
}

function times(matrix: Matrix, [x, y, z]: Triple): Triple {
  return matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;
}

function product(left: Matrix, right: Matrix): Matrix {
  return transposed(transposed(right).map((column) => times(left, column)) as unknown as Matrix);
}

function transposed([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  return [
    [a, d, g],
    [b, e, h],
    [c, f, i],
  ];
}

/** By cofactors. */
function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const [first, second, third] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const determinant = a * first + b * second + c * third;
  const cofactors: Matrix = [
    [first, c * h - b * i, b * f - c * e],
    [second, a * i - c * g, c * d - a * f],
    [third, b * g - a * h, a * e - b * d],
  ];
  return cofactors.map((row) => row.map((value) => value / determinant)) as unknown as Matrix;
}
