/** How numbers lie in bytes. */
export type SampleKind = 'SB' | 'UB' | 'SS' | 'US' | 'SL' | 'UL' | 'FL' | 'FD';

const widths: Readonly<Record<SampleKind, number>> = {
  SB: 1,
  UB: 1,
  SS: 2,
  US: 2,
  SL: 4,
  UL: 4,
  FL: 4,
  FD: 8,
};

export const widthOf = (kind: SampleKind): number => widths[kind];

/** Reads the n-th number of bytes; null where it is none, or the bytes end before it. */
export function sampleReader(
  bytes: Uint8Array,
  kind: SampleKind,
  littleEndian: boolean,
): (index: number) => number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = widths[kind];
  const read = (at: number): number => {
    switch (kind) {
      case 'SB':
        return view.getInt8(at);
      case 'UB':
        return view.getUint8(at);
      case 'SS':
        return view.getInt16(at, littleEndian);
      case 'US':
        return view.getUint16(at, littleEndian);
      case 'SL':
        return view.getInt32(at, littleEndian);
      case 'UL':
        return view.getUint32(at, littleEndian);
      case 'FL':
        return view.getFloat32(at, littleEndian);
      case 'FD':
        return view.getFloat64(at, littleEndian);
    }
  };
  return (index) => {
    const at = index * width;
    if (at < 0 || at + width > bytes.length) return null;
    const value = read(at);
    // Sums and differences of two values stay finite.
    return Number.isFinite(value) && Math.abs(value) < 1e300 ? value : null;
  };
}
