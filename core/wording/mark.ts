import { message, type Message } from '../language/message.ts';
import type { Caliper } from '../mark/mark.ts';
import { quantityLabel } from './quantity.ts';
import { unitText } from './unit.ts';

/** Tenths of a millimetre: finer than a pixel of any picture, as lengths of the heart are read. */
const inMillimetres = (lengthMm: number): Message =>
  message('number.d1.with-unit', { value: lengthMm, unit: unitText('mm') });

type Refusal =
  | 'no-calibration'
  | 'calibration-does-not-fit'
  | 'picture-not-chosen'
  | 'not-b-mode'
  | 'outside-picture'
  | 'too-short';

type Length =
  | { readonly lengthMm: number; readonly refusal: null }
  | { readonly lengthMm: null; readonly refusal: Refusal };

/** What a reader calls a distance: "IVSd", or in words of their own; null where nobody has said so. */
function distanceText({ name, words }: Pick<Caliper, 'name' | 'words'>): Message | null {
  if (name !== undefined) return quantityLabel(name);
  return words === undefined ? null : message('mark.own-words', { words });
}

/** "23.4 mm", "IVSd 9.1 mm", or in few words why a distance has no length. */
export function caliperText(length: Length, caliper: Pick<Caliper, 'name' | 'words'>): Message {
  const long =
    length.refusal === null ? inMillimetres(length.lengthMm) : message(`mark.no-length.${length.refusal}`);
  const name = distanceText(caliper);
  return name === null ? long : message('mark.named', { name, length: long });
}
