/** A small picture of numbers that a clip was boiled down to; one cell stands for `cell` × `cell` image pixels. */
export interface CellMap {
  readonly rows: number;
  readonly columns: number;
  /** Side of a cell, image pixels. */
  readonly cell: number;
  readonly values: Float32Array;
}

/** Cells that belong to something: 1, or 0. */
export interface CellMask {
  readonly rows: number;
  readonly columns: number;
  readonly cells: Uint8Array;
}

/** Mean over the square of (2 × reach + 1)² cells around each cell, cut at the edges. */
export function smooth(map: CellMap, reach: number): CellMap {
  const values = new Float32Array(map.rows * map.columns);
  forSquares(map, map.values, reach, (index, sum, area) => (values[index] = sum / area));
  return { ...map, values };
}

/** Cells whose value is over the threshold. */
export function over(map: CellMap, threshold: number): CellMask {
  const { rows, columns, values } = map;
  const cells = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index += 1) cells[index] = values[index]! > threshold ? 1 : 0;
  return { rows, columns, cells };
}

/** Keeps what a square of (2 × reach + 1)² cells fits into: thin lines and letters go. */
export function open(mask: CellMask, reach: number): CellMask {
  return grow(shrink(mask, reach), reach);
}

/** Closes gaps narrower than 2 × reach + 1 cells. */
export function close(mask: CellMask, reach: number): CellMask {
  return shrink(grow(mask, reach), reach);
}

/** A connected part of a mask, over edges of cells: the indices of its cells and the box around them. */
export interface MaskPart {
  readonly cells: readonly number[];
  readonly width: number;
  readonly height: number;
}

/** The connected parts of a mask, the one with the most cells first. */
export function partsOf(mask: CellMask): MaskPart[] {
  const { rows, columns } = mask;
  const open = Uint8Array.from(mask.cells);
  const parts: MaskPart[] = [];
  for (let start = 0; start < open.length; start += 1) {
    if (open[start] === 0) continue;
    const cells: number[] = [];
    const stack = [start];
    open[start] = 0;
    let [minX, maxX, maxY] = [columns, 0, 0];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      cells.push(index);
      const x = index % columns;
      minX = Math.min(minX, x);
      maxX = Math.max(maxX, x);
      maxY = Math.max(maxY, Math.floor(index / columns));
      const neighbours = [
        x > 0 ? index - 1 : -1,
        x < columns - 1 ? index + 1 : -1,
        index - columns,
        index < (rows - 1) * columns ? index + columns : -1,
      ];
      for (const neighbour of neighbours) {
        if (neighbour < 0 || open[neighbour] === 0) continue;
        open[neighbour] = 0;
        stack.push(neighbour);
      }
    }
    const minY = Math.floor(start / columns);
    parts.push({ cells, width: maxX - minX + 1, height: maxY - minY + 1 });
  }
  return parts.sort((a, b) => b.cells.length - a.cells.length);
}

/** A mask of the parts given. */
export function maskOf(parts: readonly MaskPart[], rows: number, columns: number): CellMask {
  const cells = new Uint8Array(rows * columns);
  for (const part of parts) for (const index of part.cells) cells[index] = 1;
  return { rows, columns, cells };
}

function grow(mask: CellMask, reach: number): CellMask {
  return around(mask, reach, (sum) => sum > 0);
}

function shrink(mask: CellMask, reach: number): CellMask {
  return around(mask, reach, (sum, area) => sum === area);
}

/** Cells beyond the edge count neither way, so that what ends at the picture's edge is not eaten from there. */
function around(mask: CellMask, reach: number, keep: (sum: number, area: number) => boolean): CellMask {
  const { rows, columns } = mask;
  const cells = new Uint8Array(rows * columns);
  forSquares(mask, mask.cells, reach, (index, sum, area) => (cells[index] = keep(sum, area) ? 1 : 0));
  return { rows, columns, cells };
}

/** Gives the sum and the area of the square of (2 × reach + 1)² cells around each cell, cut at the edges. */
function forSquares(
  { rows, columns }: Pick<CellMap, 'rows' | 'columns'>,
  cells: ArrayLike<number>,
  reach: number,
  take: (index: number, sum: number, area: number) => void,
): void {
  const sums = summedArea(rows, columns, (index) => cells[index]!);
  for (let y = 0; y < rows; y += 1) {
    const top = Math.max(0, y - reach);
    const bottom = Math.min(rows, y + reach + 1);
    for (let x = 0; x < columns; x += 1) {
      const left = Math.max(0, x - reach);
      const right = Math.min(columns, x + reach + 1);
      const sum = boxSum(sums, columns, top, left, bottom, right);
      take(y * columns + x, sum, (bottom - top) * (right - left));
    }
  }
}

/** Summed-area table with a leading row and column of zeros. */
function summedArea(rows: number, columns: number, value: (index: number) => number): Float64Array {
  const stride = columns + 1;
  const sums = new Float64Array((rows + 1) * stride);
  for (let y = 0; y < rows; y += 1) {
    let line = 0;
    for (let x = 0; x < columns; x += 1) {
      line += value(y * columns + x);
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + line;
    }
  }
  return sums;
}

function boxSum(
  sums: Float64Array,
  columns: number,
  top: number,
  left: number,
  bottom: number,
  right: number,
): number {
  const stride = columns + 1;
  return (
    sums[bottom * stride + right]! -
    sums[top * stride + right]! -
    sums[bottom * stride + left]! +
    sums[top * stride + left]!
  );
}
