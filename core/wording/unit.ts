import { message, type Message, type MessageId } from '../language/message.ts';

const units = {
  mL: 'unit.mL',
  '%': 'unit.percent',
  mm: 'unit.mm',
  'mm²': 'unit.mm2',
  'cm²': 'unit.cm2',
  px: 'unit.px',
  'px²': 'unit.px2',
  bpm: 'unit.bpm',
  'm²': 'unit.m2',
  'mL/m²': 'unit.mL-per-m2',
  'L/min': 'unit.L-per-min',
  'L/min/m²': 'unit.L-per-min-per-m2',
} as const satisfies Readonly<Record<string, MessageId>>;

/** A unit as values are kept or shown in; one that this version does not know as it is written. */
export const unitText = (unit: string): Message =>
  Object.hasOwn(units, unit) ? message(units[unit as keyof typeof units]) : message('unit.other', { unit });
