import { message, type Message } from '../language/message.ts';
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

/** "23.4 mm", or in few words why a distance has no length. */
export const caliperText = (
  length:
    | { readonly lengthMm: number; readonly refusal: null }
    | { readonly lengthMm: null; readonly refusal: Refusal },
): Message =>
  length.refusal === null ? inMillimetres(length.lengthMm) : message(`mark.no-length.${length.refusal}`);
