import { spansWholeRange } from './display.ts';
import type { PixelDescription, Window } from './pixel-description.ts';

/** What a file asks for between its stored grey values and what is shown (PS3.3 C.11.1, C.11.2, C.7.6.3.1.2). */
export interface GreyDisplay {
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  /** null where the whole range is shown. */
  readonly window: Window | null;
  /** Low values are light. */
  readonly isInverted: boolean;
}

/** Of a picture that is shown as it is stored. */
export const plainDisplay: GreyDisplay = {
  ...{ rescaleSlope: 1, rescaleIntercept: 0 },
  ...{ window: null, isInverted: false },
};

export function greyDisplay(pixels: PixelDescription): GreyDisplay {
  const { rescaleSlope, rescaleIntercept, window, photometric } = pixels;
  return {
    ...{ rescaleSlope, rescaleIntercept },
    window: spansWholeRange(pixels) ? null : window,
    isInverted: photometric === 'MONOCHROME1',
  };
}
