/** One line of `npm run bench`. */
export interface BenchResult {
  /** What was measured, in the words of the target. */
  readonly name: string;
  /** What it must reach, with its unit; "" when it has no target. */
  readonly target: string;
  /** What was measured, with its unit; "not measured: why" when a prerequisite is missing. */
  readonly measured: string;
  /** null when there is no target or nothing was measured. */
  readonly met: boolean | null;
}

/** @param why the missing prerequisite, and how to bring it */
export function notMeasured(name: string, target: string, why: string): BenchResult {
  return { name, target, measured: `not measured: ${why}`, met: null };
}

/** The value below which the given part of the values lies; values need not be sorted. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
