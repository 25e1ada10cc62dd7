import type { Measurement, MeasurementName } from '../../core/measurement/measurement.ts';
import { isIndexed } from '../../core/quantity/indexed.ts';
import { isBeside, quantities, quantityOf, type Quantity } from '../../core/quantity/quantities.ts';

/** A row of a table of numbers: a quantity, by the method of disks or, apart from it, by area and length. */
export interface NumberRow {
  readonly name: MeasurementName;
  readonly byAreaLength: boolean;
}

const byAreaLength = ({ method }: Pick<Measurement, 'method'>): boolean =>
  method === 'area-length' || method === 'biplane-area-length';

/** A mean over beats, or of the whole study, that stands in a row. */
export const numberIn = (numbers: readonly Measurement[], row: NumberRow): Measurement | undefined =>
  numbers.find((one) => one.beat === null && one.name === row.name && byAreaLength(one) === row.byAreaLength);

const plainRow = (name: MeasurementName): NumberRow => ({ name, byAreaLength: false });

/** Rows that are always there, so that what a run brings moves nothing. */
export const mainRows: readonly NumberRow[] = [
  ...quantities.filter(({ group }) => group === 'main').map(({ name }) => name),
  'HR' as const,
].map(plainRow);

/** Rows that are there where any of the columns has a number for them. */
function rowsOf(
  columns: readonly (readonly Measurement[])[],
  wanted: (quantity: Quantity) => boolean,
): NumberRow[] {
  const all = columns.flat();
  return quantities
    .filter((quantity) => wanted(quantity) && !isIndexed(quantity.name))
    .flatMap(({ name }) => [plainRow(name), { name, byAreaLength: true }])
    .filter((row) => numberIn(all, row) !== undefined);
}

/** Distances that the reader named. */
export const distanceRows = (numbers: readonly Measurement[]): NumberRow[] =>
  rowsOf([numbers], ({ group }) => group === 'distance');

/** Strain, wall and atrium. */
export const besideRows = (columns: readonly (readonly Measurement[])[]): NumberRow[] =>
  rowsOf(columns, ({ name }) => isBeside(name));

/** Lengths and areas of each plane, and EF from them. */
export const planeRows = (columns: readonly (readonly Measurement[])[]): NumberRow[] =>
  rowsOf(columns, ({ name, group }) => group === 'plane' || name === 'EF').filter(
    (row) => quantityOf(row.name)?.group === 'plane' || row.byAreaLength,
  );
