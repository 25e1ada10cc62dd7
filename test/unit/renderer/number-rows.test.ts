import { expect, it } from 'vitest';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { besideRows, mainRows, numberIn, planeRows } from '../../../renderer/numbers/number-rows.ts';

const number = (
  name: Measurement['name'],
  method: Measurement['method'],
  beat: number | null = null,
): Measurement => ({ name, method, beat, view: 'a4c', value: 1, unit: 'mL', sources: [] });

const numbers = [
  number('EF', 'single-plane-disks', 0),
  number('EF', 'area-length'),
  number('EF', 'single-plane-disks'),
  number('LV area ED', 'contour'),
  number('LAV max', 'single-plane-disks'),
  number('LAV max', 'area-length'),
  number('LAVI max', 'single-plane-disks'),
];

it('the main numbers have their rows whether or not there are numbers', () => {
  expect(mainRows.map(({ name }) => name)).toEqual(['EF', 'EDV', 'ESV', 'SV', 'CO', 'HR']);
});

it('a row is a mean, by disks or by area and length', () => {
  expect(numberIn(numbers, { name: 'EF', byAreaLength: false })).toBe(numbers[2]);
  expect(numberIn(numbers, { name: 'EF', byAreaLength: true })).toBe(numbers[1]);
  expect(numberIn(numbers, { name: 'EDV', byAreaLength: false })).toBeUndefined();
});

it('other rows are there where a column has a number; what is indexed stands in its own column', () => {
  expect(planeRows([numbers, []])).toEqual([
    { name: 'EF', byAreaLength: true },
    { name: 'LV area ED', byAreaLength: false },
  ]);
  expect(besideRows([[], numbers])).toEqual([
    { name: 'LAV max', byAreaLength: false },
    { name: 'LAV max', byAreaLength: true },
  ]);
  expect(besideRows([[]])).toEqual([]);
});
