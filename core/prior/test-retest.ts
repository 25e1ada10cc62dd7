import type { MeasurementName } from '../measurement/measurement.ts';

/** How far two examinations of an unchanged heart may lie apart. */
export interface TestRetest {
  /** In the unit of the quantity (`absolute`), or in per cent of the earlier value (`relative`). */
  readonly kind: 'absolute' | 'relative';
  readonly spread: number;
  readonly source: string;
}

/** Studies that patients were examined in again; the product shows their names beside what it calls a change. */
const gordon = 'Gordon 1983';
const thavendiranathan = 'Thavendiranathan 2013';

/**
 * What a change has to exceed before it is more than the spread of measuring again, with 95 % confidence:
 *
 * - EF by two-dimensional methods: more than 10 points over up to five examinations of 56 patients whose function was
 *   stable (Thavendiranathan P et al., J Am Coll Cardiol 2013;61:77–84); confidence limits of one person's EF on two days
 *   ± 10 % (Gordon EP et al., J Am Coll Cardiol 1983;2:506–13, 30 subjects).
 * - EDV ± 15 %, ESV ± 25 % from day to day (Gordon 1983). The same of volumes by body surface area.
 *
 * The ASE/EACVI recommendations of 2015 (Lang et al.) give limits of normal and no such spread. For quantities that are
 * not listed no spread between examinations was found: strain of contours (published values are of speckle tracking),
 * volumes of the left atrium, stroke volume and output. Their change is given without a word on it. The spread of one
 * plane alone is wider than these, which are of two.
 */
const spreads: Partial<Record<MeasurementName, TestRetest>> = {
  EF: { kind: 'absolute', spread: 10, source: thavendiranathan },
  EDV: { kind: 'relative', spread: 15, source: gordon },
  EDVI: { kind: 'relative', spread: 15, source: gordon },
  ESV: { kind: 'relative', spread: 25, source: gordon },
  ESVI: { kind: 'relative', spread: 25, source: gordon },
};

/** null where none is published for the quantity. */
export const testRetestOf = (name: MeasurementName): TestRetest | null => spreads[name] ?? null;

/** Whether a change is beyond the spread of measuring again; null where none is known. */
export function isBeyondSpread(name: MeasurementName, prior: number, change: number): boolean | null {
  const known = testRetestOf(name);
  if (known === null) return null;
  const limit = known.kind === 'absolute' ? known.spread : (Math.abs(prior) * known.spread) / 100;
  return Math.abs(change) > limit;
}
