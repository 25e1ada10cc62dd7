/** What the main header of a JPEG 2000 codestream says (ITU-T T.800 annex A). */
export interface Jpeg2000Header {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  readonly signed: boolean;
  /** The reversible or irreversible colour transform is applied. */
  readonly componentTransform: boolean;
}

const startOfCodestream = 0xff4f;
const size = 0xff51;
const codingStyle = 0xff52;
const startOfTile = 0xff90;

/** Reads a codestream, bare or inside of a JP2 file; null when there is none or its header is cut short. */
export function readJpeg2000Header(bytes: Uint8Array): Jpeg2000Header | null {
  const start = codestreamStart(bytes);
  if (start === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start + 2;
  let found: Omit<Jpeg2000Header, 'componentTransform'> | null = null;
  while (position + 4 <= bytes.length) {
    const marker = view.getUint16(position);
    const length = view.getUint16(position + 2);
    const body = position + 4;
    if (marker === startOfTile || length < 2 || body + length - 2 > bytes.length) return null;
    if (marker === size && length >= 41) {
      const component = bytes[body + 36]!;
      found = {
        columns: view.getUint32(body + 2) - view.getUint32(body + 10),
        rows: view.getUint32(body + 6) - view.getUint32(body + 14),
        components: view.getUint16(body + 34),
        precision: (component & 127) + 1,
        signed: component >= 128,
      };
    }
    if (marker === codingStyle && found !== null && length >= 12) {
      return { ...found, componentTransform: bytes[body + 4] === 1 };
    }
    position += 2 + length;
  }
  return null;
}

function codestreamStart(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint16(0) === startOfCodestream) return 0;
  // JP2: boxes of length, type and content; the codestream is the content of "jp2c".
  let position = 0;
  while (position + 8 <= bytes.length) {
    const length = view.getUint32(position);
    const type = String.fromCharCode(...bytes.subarray(position + 4, position + 8));
    if (type === 'jp2c') {
      const content = position + (length === 1 ? 16 : 8);
      return content + 2 <= bytes.length && view.getUint16(content) === startOfCodestream ? content : null;
    }
    if (length < 8) return null;
    position += length;
  }
  return null;
}
