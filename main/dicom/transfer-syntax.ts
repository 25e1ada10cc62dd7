/** How the pixels of a transfer syntax are packed (DICOM PS3.5 section 10, PS3.6 table A-1). */
export type PixelEncoding =
  'native' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl' | 'rle';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly encoding: PixelEncoding;
  readonly explicitVr: boolean;
  readonly bigEndian: boolean;
  readonly deflated: boolean;
  /** The encoding always loses detail. */
  readonly lossy: boolean;
}

function syntax(uid: string, name: string, encoding: PixelEncoding, other: Partial<TransferSyntax> = {}) {
  return { uid, name, encoding, explicitVr: true, bigEndian: false, deflated: false, lossy: false, ...other };
}

const readable: readonly TransferSyntax[] = [
  syntax('1.2.840.10008.1.2', 'Implicit VR Little Endian', 'native', { explicitVr: false }),
  syntax('1.2.840.10008.1.2.1', 'Explicit VR Little Endian', 'native'),
  syntax('1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', 'native', { deflated: true }),
  syntax('1.2.840.10008.1.2.2', 'Explicit VR Big Endian', 'native', { bigEndian: true }),
  syntax('1.2.840.10008.1.2.4.50', 'JPEG Baseline', 'jpeg', { lossy: true }),
  syntax('1.2.840.10008.1.2.4.51', 'JPEG Extended', 'jpeg', { lossy: true }),
  syntax('1.2.840.10008.1.2.4.57', 'JPEG Lossless', 'jpeg-lossless'),
  syntax('1.2.840.10008.1.2.4.70', 'JPEG Lossless, First-Order Prediction', 'jpeg-lossless'),
  syntax('1.2.840.10008.1.2.4.80', 'JPEG-LS Lossless', 'jpeg-ls'),
  syntax('1.2.840.10008.1.2.4.81', 'JPEG-LS Near-lossless', 'jpeg-ls', { lossy: true }),
  syntax('1.2.840.10008.1.2.4.90', 'JPEG 2000 Lossless', 'jpeg-2000'),
  syntax('1.2.840.10008.1.2.4.91', 'JPEG 2000', 'jpeg-2000'),
  syntax('1.2.840.10008.1.2.4.110', 'JPEG XL Lossless', 'jpeg-xl'),
  syntax('1.2.840.10008.1.2.4.111', 'JPEG XL JPEG Recompression', 'jpeg-xl', { lossy: true }),
  syntax('1.2.840.10008.1.2.4.112', 'JPEG XL', 'jpeg-xl'),
  syntax('1.2.840.10008.1.2.4.201', 'High-Throughput JPEG 2000 Lossless', 'htj2k'),
  syntax('1.2.840.10008.1.2.4.202', 'High-Throughput JPEG 2000 with RPCL Options Lossless', 'htj2k'),
  syntax('1.2.840.10008.1.2.4.203', 'High-Throughput JPEG 2000', 'htj2k'),
  syntax('1.2.840.10008.1.2.5', 'RLE Lossless', 'rle'),
];

/** The syntax that stands for an encoding where a file names none, or another. */
export function transferSyntaxOf(
  encoding: PixelEncoding,
  explicitVr: boolean,
  littleEndian: boolean,
): TransferSyntax {
  const found = readable.find((candidate) =>
    encoding === 'native'
      ? candidate.encoding === 'native' &&
        !candidate.deflated &&
        candidate.bigEndian === !littleEndian &&
        (candidate.bigEndian || candidate.explicitVr === explicitVr)
      : candidate.encoding === encoding,
  );
  return { ...found!, explicitVr };
}

const readableByUid = new Map(readable.map((entry) => [entry.uid, entry]));

/** Names of syntaxes that Systola does not read, so that a refusal can say what the file is. */
const unreadableNames = new Map([
  ['1.2.840.10008.1.2.4.52', 'JPEG Extended, Process 3 & 5'],
  ['1.2.840.10008.1.2.4.53', 'JPEG Spectral Selection, Process 6 & 8'],
  ['1.2.840.10008.1.2.4.55', 'JPEG Full Progression, Process 10 & 12'],
  ['1.2.840.10008.1.2.4.92', 'JPEG 2000 Part 2 Lossless'],
  ['1.2.840.10008.1.2.4.93', 'JPEG 2000 Part 2'],
  ['1.2.840.10008.1.2.4.94', 'JPIP Referenced'],
  ['1.2.840.10008.1.2.4.95', 'JPIP Referenced Deflate'],
  ['1.2.840.10008.1.2.4.100', 'MPEG-2 Main Profile / Main Level'],
  ['1.2.840.10008.1.2.4.100.1', 'Fragmentable MPEG-2 Main Profile / Main Level'],
  ['1.2.840.10008.1.2.4.101', 'MPEG-2 Main Profile / High Level'],
  ['1.2.840.10008.1.2.4.101.1', 'Fragmentable MPEG-2 Main Profile / High Level'],
  ['1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile'],
  ['1.2.840.10008.1.2.4.102.1', 'Fragmentable MPEG-4 AVC/H.264 High Profile'],
  ['1.2.840.10008.1.2.4.103', 'MPEG-4 AVC/H.264 BD-compatible'],
  ['1.2.840.10008.1.2.4.103.1', 'Fragmentable MPEG-4 AVC/H.264 BD-compatible'],
  ['1.2.840.10008.1.2.4.104', 'MPEG-4 AVC/H.264 High Profile for 2D Video'],
  ['1.2.840.10008.1.2.4.105', 'MPEG-4 AVC/H.264 High Profile for 3D Video'],
  ['1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo High Profile'],
  ['1.2.840.10008.1.2.4.107', 'HEVC/H.265 Main Profile'],
  ['1.2.840.10008.1.2.4.108', 'HEVC/H.265 Main 10 Profile'],
  ['1.2.840.10008.1.2.4.204', 'JPIP HTJ2K Referenced'],
  ['1.2.840.10008.1.2.6.1', 'RFC 2557 MIME Encapsulation'],
  ['1.2.840.10008.1.2.8.1', 'Deflated Image Frame Compression'],
  ['1.2.840.113619.5.2', 'GE Private Implicit VR Big Endian'],
]);

/** The transfer syntax, or null when Systola cannot read it. */
export function transferSyntax(uid: string): TransferSyntax | null {
  return readableByUid.get(uid) ?? null;
}

/** "MPEG-4 AVC/H.264 High Profile (1.2.840.10008.1.2.4.102)", or the bare UID when it has no known name. */
export function transferSyntaxLabel(uid: string): string {
  const name = readableByUid.get(uid)?.name ?? unreadableNames.get(uid);
  return name === undefined ? `Transfer syntax ${uid}` : `${name} (${uid})`;
}

/** The name alone, or the UID when it has none. */
export function transferSyntaxName(uid: string): string {
  return readableByUid.get(uid)?.name ?? unreadableNames.get(uid) ?? uid;
}
