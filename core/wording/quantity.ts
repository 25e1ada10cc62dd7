import { message, type Message } from '../language/message.ts';
import { quantities, quantityOf, type MeasurementName } from '../quantity/quantities.ts';
import { unitText } from './unit.ts';

/** A value as a person reads it: in the unit that the clinic uses, with as many decimals as it deserves. */
export interface ShownQuantity {
  readonly value: number;
  readonly unit: string;
  readonly decimals: 0 | 1 | 2;
}

/** Areas of the heart are read in cm²; values are kept in mm². */
const mm2PerCm2 = 100;

/**
 * How a measurement is shown to a person, on screen and on paper; null where it is none: pixels are not a length or an
 * area of anybody's heart. Volumes and percentages are whole numbers, as the guideline's limits are.
 */
export function shownQuantity({
  name,
  value,
  unit,
}: {
  readonly name: MeasurementName;
  readonly value: number;
  readonly unit: string;
}): ShownQuantity | null {
  if (unit === 'px' || unit === 'px²' || !Number.isFinite(value)) return null;
  const decimals = quantityOf(name)?.decimals ?? 0;
  if (unit === 'mm²') return { value: value / mm2PerCm2, unit: 'cm²', decimals };
  return { value, unit: unit === '1' ? '' : unit, decimals };
}

/** The value that a person reads: rounded half up from its shortest digits, as numbers are written. */
export function roundedAsShown({ value, decimals }: Pick<ShownQuantity, 'value' | 'decimals'>): number {
  // Of so small a number that it is written with an exponent nothing is left.
  const scaled = Number(`${value}e${decimals}`);
  return Number.isNaN(scaled) ? 0 : Number(`${Math.round(scaled)}e-${decimals}`);
}

/** "55 %", "0.62": with its unit, where it has one. */
export const shownText = ({ value, unit, decimals }: ShownQuantity): Message =>
  unit === ''
    ? message(`number.d${decimals}`, { value })
    : message(`number.d${decimals}.with-unit`, { value, unit: unitText(unit) });

/** Ids of messages have no spaces. */
type IdOf<Name extends string> = Name extends `${infer First} ${infer Rest}`
  ? `${First}-${IdOf<Rest>}`
  : Name;
const idOf = <Name extends string>(name: Name) => name.replaceAll(' ', '-') as IdOf<Name>;
const known = (name: string): MeasurementName | null =>
  quantities.find((quantity) => quantity.name === name)?.name ?? null;

/** What stands for the name of a quantity on screen and on paper; of one that this version does not know its name. */
export function quantityLabel(name: string): Message {
  const own = known(name);
  return own === null ? message('quantity.other', { name }) : message(`quantity.${idOf(own)}.label`);
}

/** What a quantity is, in words: "ejection fraction". */
export const quantityWords = (name: MeasurementName): Message => message(`quantity.${idOf(name)}.words`);
