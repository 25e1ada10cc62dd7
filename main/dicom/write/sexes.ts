import type { Sex } from '../../../core/clip/clip.ts';

/** Patient's Sex (PS3.3 C.7.1.1); null where it is not known. */
export const sexes: Readonly<Record<Sex, string | null>> = {
  male: 'M',
  female: 'F',
  other: 'O',
  unknown: null,
};
