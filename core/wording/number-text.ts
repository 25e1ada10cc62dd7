/**
 * A number with so many decimals, as a person reads it in the window, in findings and on paper: with a point wherever
 * it is read, so that one value has one appearance. Never "-0".
 */
export function decimalText(value: number, decimals: number): string {
  return (Number(value.toFixed(decimals)) || 0).toFixed(decimals);
}

const mostDecimals = 3;

/** A number as it was entered or is in a file, with three decimals at most. */
export const plainNumberText = (value: number): string =>
  decimalText(value, mostDecimals).replace(/\.?0+$/, '');
