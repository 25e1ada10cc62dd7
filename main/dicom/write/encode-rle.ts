/** Bytes of the header: how many segments there are, and where 15 of them begin. */
const headerBytes = 64;
const longestRun = 128;

/**
 * A frame of interleaved bytes as RLE Lossless has it (PS3.5 annex G): a segment for each sample, packed row by row, since
 * no run goes beyond the end of a row.
 */
export function encodeRle(data: Uint8Array, rows: number, columns: number, samples: number): Uint8Array {
  const segments = Array.from({ length: samples }, (_, sample) =>
    packed(data, rows, columns, samples, sample),
  );
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  view.setUint32(0, samples, true);
  let at = headerBytes;
  segments.forEach((segment, index) => {
    view.setUint32(4 * (index + 1), at, true);
    at += segment.length;
  });
  return Buffer.concat([header, ...segments]);
}

function packed(
  data: Uint8Array,
  rows: number,
  columns: number,
  samples: number,
  sample: number,
): Uint8Array {
  // At the worst a byte is added to every 128.
  const target = new Uint8Array(rows * (columns + Math.ceil(columns / longestRun)) + 1);
  let end = 0;
  const row = new Uint8Array(columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) row[x] = data[(y * columns + x) * samples + sample]!;
    end = packRow(row, target, end);
  }
  // To an even length.
  return target.slice(0, end + (end & 1));
}

/** PackBits: runs of three and more as a count and a byte, what lies between as it is. */
function packRow(row: Uint8Array, target: Uint8Array, begin: number): number {
  let end = begin;
  let literal = 0;
  let at = 0;
  const flush = (to: number): void => {
    while (literal < to) {
      const count = Math.min(longestRun, to - literal);
      target[end++] = count - 1;
      target.set(row.subarray(literal, literal + count), end);
      end += count;
      literal += count;
    }
  };
  while (at < row.length) {
    let run = 1;
    while (run < longestRun && at + run < row.length && row[at + run] === row[at]) run += 1;
    if (run < 3) {
      at += run;
      continue;
    }
    flush(at);
    target[end++] = 257 - run;
    target[end++] = row[at]!;
    at += run;
    literal = at;
  }
  flush(row.length);
  return end;
}
