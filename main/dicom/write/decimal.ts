/** Bytes of one value of DS (PS3.5 section 6.2). */
export const longestDecimal = 16;

/** The number nearest to this that 16 characters can be written for. */
export function roundedDecimal(value: number): number {
  for (let digits = longestDecimal + 1; digits > 0; digits -= 1) {
    const rounded = Number(value.toPrecision(digits));
    if (decimalText(rounded).length <= longestDecimal) return rounded;
  }
  return value;
}

/** As JavaScript writes it, which is what DS allows; there is no negative zero. */
export const decimalText = (value: number): string => String(value + 0);
