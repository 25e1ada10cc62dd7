/** What the markers of a JPEG or JPEG-LS stream say before the first scan (ITU-T T.81 annex B). */
export interface JpegHeader {
  /** Start-of-frame marker: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS. */
  readonly startOfFrame: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly {
    readonly id: number;
    readonly horizontal: number;
    readonly vertical: number;
  }[];
  readonly jfif: boolean;
  /** Colour transform of an Adobe APP14 segment: 0 none, 1 YCbCr; null without one. */
  readonly adobeTransform: number | null;
}

/** Null when the bytes are no JPEG stream or end before the frame header. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 2;
  let jfif = false;
  let adobeTransform: number | null = null;
  while (position + 4 <= bytes.length) {
    if (bytes[position] !== 0xff) return null;
    const marker = bytes[position + 1]!;
    if (marker === 0xff) {
      position += 1;
      continue;
    }
    const length = view.getUint16(position + 2);
    const body = position + 4;
    const end = position + 2 + length;
    if (length < 2 || end > bytes.length) return null;
    if (isStartOfFrame(marker)) {
      const count = bytes[body + 5] ?? 0;
      if (length < 8 + count * 3) return null;
      return {
        startOfFrame: marker,
        precision: bytes[body]!,
        rows: view.getUint16(body + 1),
        columns: view.getUint16(body + 3),
        components: Array.from({ length: count }, (_, index) => ({
          id: bytes[body + 6 + index * 3]!,
          horizontal: bytes[body + 7 + index * 3]! >> 4,
          vertical: bytes[body + 7 + index * 3]! & 15,
        })),
        jfif,
        adobeTransform,
      };
    }
    if (marker === 0xda || marker === 0xd9) return null;
    if (marker === 0xe0 && startsWith(bytes, body, 'JFIF')) jfif = true;
    if (marker === 0xee && startsWith(bytes, body, 'Adobe') && length >= 14)
      adobeTransform = bytes[body + 11]!;
    position = end;
  }
  return null;
}

/**
 * What three components are by the stream's own word: an Adobe marker states it, component names R, G, B say it, a
 * JFIF marker means YCbCr by definition and halved colour components imply it (the last two in lossy JPEG only, where
 * they belong). Null where the stream says nothing.
 */
export function markedColour(header: JpegHeader): 'rgb' | 'ybr-full' | null {
  const { startOfFrame, adobeTransform, components, jfif } = header;
  const lossy = startOfFrame <= 0xc2;
  if (lossy && jfif) return 'ybr-full';
  if (adobeTransform !== null) return adobeTransform === 0 ? 'rgb' : 'ybr-full';
  if (components.map(({ id }) => String.fromCharCode(id).toUpperCase()).join('') === 'RGB') return 'rgb';
  const [first] = components;
  const subsampled = components.some(
    ({ horizontal, vertical }) => horizontal !== first!.horizontal || vertical !== first!.vertical,
  );
  return lossy && subsampled ? 'ybr-full' : null;
}

function isStartOfFrame(marker: number): boolean {
  if (marker === 0xf7) return true;
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function startsWith(bytes: Uint8Array, position: number, text: string): boolean {
  return Array.from(text).every((character, index) => bytes[position + index] === character.charCodeAt(0));
}
