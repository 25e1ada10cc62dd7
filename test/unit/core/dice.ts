/** Overlap 2·|A∩B|/(|A|+|B|) of two masks; anything above zero is inside. */
export function dice(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let both = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const inA = a[i]! > 0;
    const inB = b[i]! > 0;
    if (inA && inB) both++;
    sum += Number(inA) + Number(inB);
  }
  return sum === 0 ? 1 : (2 * both) / sum;
}
