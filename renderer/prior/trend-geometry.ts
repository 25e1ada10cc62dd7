/** How the course of a quantity lies in its plot: days to x, values to y, CSS pixels. */
export interface TrendScale {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly fromDay: number;
  readonly toDay: number;
  readonly low: number;
  readonly high: number;
  /** Between lines that are drawn. */
  readonly step: number;
}

/** Days since 1 January 1970 of "YYYY-MM-DD". */
export const dayOf = (date: string): number => Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 86_400_000;

const steps = [1, 2, 2.5, 5, 10];

/**
 * The room that points and limits need. Zero is always in it, so that heights compare; a single day has a month on
 * either side.
 */
export function trendScale(
  days: readonly number[],
  values: readonly number[],
  width: number,
  height: number,
): TrendScale {
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const range = Math.max(1, (most - least) * 1.08);
  const magnitude = 10 ** Math.floor(Math.log10(range / 5));
  const step = (steps.find((one) => one * magnitude >= range / 5) ?? 10) * magnitude;
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const margin = Math.max(30, (last - first) * 0.06);
  return {
    left: 48,
    right: Math.max(120, width - 24),
    top: 18,
    bottom: Math.max(80, height - 30),
    fromDay: first - margin,
    toDay: last + margin,
    low: least < 0 ? Math.floor((least * 1.08) / step) * step : 0,
    high: most > 0 ? Math.ceil((most * 1.08) / step) * step : 0,
    step,
  };
}

export const trendX = ({ left, right, fromDay, toDay }: TrendScale, day: number): number =>
  left + ((right - left) * (day - fromDay)) / (toDay - fromDay);

export const trendY = ({ top, bottom, low, high }: TrendScale, value: number): number =>
  bottom - ((bottom - top) * (value - low)) / Math.max(1e-9, high - low);

/** Values that a line is drawn at, the lowest first. */
export const trendLevels = ({ low, high, step }: TrendScale): number[] =>
  Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);

/** Days that begin years, or months where there are few: at most about eight. */
export function trendTicks({ fromDay, toDay }: TrendScale): readonly string[] {
  const at = (day: number): Date => new Date(day * 86_400_000);
  const [from, to] = [at(fromDay), at(toDay)];
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find((one) => months / one <= 8) ?? 240;
  const ticks: string[] = [];
  const first = from.getUTCFullYear() * 12 + from.getUTCMonth() + 1;
  for (let month = Math.ceil(first / every) * every; month <= first - 1 + months; month += every) {
    ticks.push(`${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`);
  }
  return ticks;
}
