import type { Component } from 'svelte';
import type { Measurement } from '../../core/measurement/measurement.ts';
import type { Spread } from '../../core/measurement/spread.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import type { NumberRow } from './number-rows.ts';

/** What every cell of a table of numbers is given. */
export interface CellProps {
  study: OpenStudy;
  row: NumberRow;
  column: NumberColumn;
}

/** A column of a table of numbers; another one is another of these. */
export interface NumberColumn {
  readonly id: string;
  readonly title: string;
  /** The title in full, where it is short. */
  readonly what?: string;
  /** What stands in each row. */
  readonly cell: Component<CellProps>;
  /** The number of a row; undefined where there is none. */
  readonly number: (row: NumberRow) => Measurement | undefined;
  /** How far the beats of a row's mean lie apart. */
  readonly spread?: (row: NumberRow) => Spread | undefined;
  readonly testid?: (number: Measurement) => string;
}
