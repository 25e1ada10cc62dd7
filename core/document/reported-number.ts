import type { Measurement, MeasurementMethod } from '../measurement/measurement.ts';

/**
 * Which of the values of one quantity a report means: the one that its reader chose, their mean, the most recent one, the
 * only one, or, where it says nothing, the last.
 */
export const numberChoices = ['chosen', 'mean', 'most-recent', 'only', 'last'] as const;
export type NumberChoice = (typeof numberChoices)[number];

/** What a number was measured in where that is no two-dimensional picture. */
export const numberModes = ['m-mode', '3d'] as const;

export const numberStates = ['rest', 'stress'] as const;

/** A number that a document of the study states, in the units of our own; never one of ours. */
export interface ReportedNumber extends Pick<Measurement, 'name' | 'view' | 'value' | 'unit'> {
  /** null where the document names none, or one that Systola does not have. */
  readonly method: MeasurementMethod | null;
  /** How the document calls its method; null where it names none. */
  readonly methodMeaning: string | null;
  /** null for a two-dimensional picture, and where the document does not say. */
  readonly mode: (typeof numberModes)[number] | null;
  /** At rest or under stress, where the document says so. */
  readonly state: (typeof numberStates)[number] | null;
  readonly choice: NumberChoice;
  /** How many different values it is one of. */
  readonly of: number;
}
