import type { Samples } from '../../dicom/codec/samples.ts';
import { displayed } from '../../dicom/display.ts';
import type { PixelDescription } from '../../dicom/pixel-description.ts';

/**
 * The stored value of each channel that is shown black: no light in RGB, no luminance in YCbCr, and of grey and palettes
 * the value that is shown darkest.
 */
export function blackOf(pixels: PixelDescription, colour: Samples['colour']): readonly number[] {
  if (colour === 'rgb') return [0, 0, 0];
  const middle = 2 ** (pixels.bitsStored - 1);
  if (colour === 'ybr-full') return [0, middle, middle];
  return [darkest(pixels)];
}

function darkest(pixels: PixelDescription): number {
  const { bitsStored, signed, palette } = pixels;
  const lowest = signed ? -(2 ** (bitsStored - 1)) : 0;
  const levels = 2 ** bitsStored;
  // Grey runs from one end to the other; a palette may be dark anywhere.
  const values = palette === null ? [lowest, lowest + levels - 1] : allFrom(lowest, levels);
  const data = Int16Array.from(values);
  const unsigned = Uint16Array.from(values);
  const samples: Samples = {
    ...{ rows: 1, columns: values.length, channels: 1, colour: 'grey' },
    data: signed ? data : unsigned,
  };
  const shown = displayed(samples, pixels);
  let best = 0;
  let least = Infinity;
  values.forEach((_, index) => {
    const light = lightOf(shown.data, index, shown.channels);
    if (light < least) [best, least] = [index, light];
  });
  return values[best]!;
}

const allFrom = (lowest: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => lowest + index);

/** As the eye weighs colours (ITU-R BT.601). */
function lightOf(data: Uint8Array, pixel: number, channels: 1 | 3): number {
  if (channels === 1) return data[pixel]!;
  const at = pixel * 3;
  return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
}

/** Samples with all pixels outside of a mask black, and without the bits above the stored ones. */
export function blackened(
  samples: Samples,
  { bitsStored, signed }: PixelDescription,
  kept: Uint8Array | null,
  black: readonly number[],
): Samples {
  const { channels } = samples;
  const data = samples.data.slice();
  const shift = 32 - bitsStored;
  for (let pixel = 0, at = 0; at < data.length; pixel += 1) {
    const keep = kept !== null && kept[pixel] !== 0;
    for (let channel = 0; channel < channels; channel += 1, at += 1) {
      if (!keep) data[at] = black[channel]!;
      else data[at] = signed ? (data[at]! << shift) >> shift : (data[at]! << shift) >>> shift;
    }
  }
  return { ...samples, data };
}
