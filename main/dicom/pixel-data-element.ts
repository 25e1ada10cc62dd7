import type { ByteSource } from './byte-source.ts';
import { undefinedLength } from './data-set.ts';
import { itemTag, possibleHeaders, readTag, type ElementEncoding } from './element-header.ts';

/** Where the value of PixelData (7FE0,0010) lies; its length is null when undefined (encapsulated). */
export interface PixelDataElement {
  readonly offset: number;
  readonly length: number | null;
  readonly vr: string | null;
}

/**
 * The pixel data whose tag stands at `position`: by its value representation; where that does not fit pixel data, by
 * the reading of its header that does. Null when the header is cut short.
 */
export function pixelDataAt(
  source: ByteSource,
  position: number,
  encoding: ElementEncoding,
): PixelDataElement | null {
  const headers = possibleHeaders(source, position, encoding);
  const [likeliest] = headers;
  if (likeliest === undefined) return null;
  const usual = likeliest.vr === null ? !encoding.explicit : mayHoldPixels(likeliest.vr);
  const fits = headers.find(({ valueOffset, length }) =>
    length === undefinedLength
      ? readTag(source, valueOffset, encoding.littleEndian) === itemTag
      : length > 0 && length <= source.size - valueOffset,
  );
  const { valueOffset: offset, length, vr } = usual ? likeliest : (fits ?? likeliest);
  return { offset, length: length === undefinedLength ? null : length, vr };
}

/** Whether what bears the tag of pixel data at `position` also has its value representation and a value. */
export function beginsPixelData(source: ByteSource, position: number, encoding: ElementEncoding): boolean {
  const [header] = possibleHeaders(source, position, encoding);
  if (header === undefined) return false;
  const { vr, length, valueOffset } = header;
  if (encoding.explicit && (vr === null || !mayHoldPixels(vr))) return false;
  return length === undefinedLength
    ? readTag(source, valueOffset, encoding.littleEndian) === itemTag
    : length > 0 && length <= source.size - valueOffset;
}

function mayHoldPixels(vr: string): boolean {
  return vr === 'OB' || vr === 'OW' || vr === 'UN';
}
