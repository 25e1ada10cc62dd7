import type { Sex } from '../clip/clip.ts';
import { message, type Message } from '../language/message.ts';
import type { MeasurementName } from '../measurement/measurement.ts';
import { gradeMeasurement } from '../reference-limits/grade.ts';
import type { SignedNumber } from '../review/signed-result.ts';
import { shownQuantity } from '../wording/quantity.ts';
import type { ComparableStudy, Standing } from './comparable-study.ts';

/** Quantities that are followed over a patient's studies, in the order in which they are offered. */
export const trendNames = [
  'EF',
  'EDV',
  'ESV',
  'Contour strain',
  'LAV max',
] as const satisfies readonly MeasurementName[];
export type TrendName = (typeof trendNames)[number];

/** One study in the course of a quantity. */
export interface TrendPoint {
  readonly studyInstanceUid: string;
  readonly date: string | null;
  /** null where the study has no such number. */
  readonly value: number | null;
  readonly unit: string | null;
  readonly method: string | null;
  readonly view: SignedNumber['view'];
  readonly standing: Standing;
  /** Made as the number of the study on screen was, at rest, and not rejected: such points are joined. */
  readonly isAlike: boolean;
  /** Why it stands apart; null where it does not, or there is no number. */
  readonly apart: Message | null;
}

/**
 * The course of a quantity over the studies of a patient, the earliest first, those without a date last.
 *
 * @param current the study that the others are held against; one of `studies`
 */
export function trendOf(
  name: TrendName,
  studies: readonly ComparableStudy[],
  current: ComparableStudy,
): TrendPoint[] {
  const reference =
    numberOf(name, current) ??
    numberOf(
      name,
      studies.find((one) => numberOf(name, one) !== null),
    );
  return studies
    .map((study): TrendPoint => {
      const number = numberAlike(name, study, reference) ?? numberOf(name, study);
      const apart = number === null ? null : apartOf(study, number, reference);
      return {
        studyInstanceUid: study.studyInstanceUid,
        date: study.date,
        value: number?.value ?? null,
        unit: number?.unit ?? null,
        method: number?.method ?? null,
        view: number?.view ?? null,
        standing: study.standing,
        isAlike: number !== null && apart === null,
        apart,
      };
    })
    .toSorted((a, b) => compare(a.date ?? '9999', b.date ?? '9999'));
}

/** Bounds of normal for a sex; of both where nobody knows it. None for quantities without limits. */
export function trendLimits(
  name: TrendName,
  sex: Sex,
): readonly { readonly sex: 'male' | 'female'; readonly low: number; readonly high: number }[] {
  return (gradeMeasurement(name, 0, sex)?.tables ?? []).map(({ sex: of, limits }) => ({
    sex: of,
    low: limits.normalLow,
    high: limits.normalHigh,
  }));
}

function apartOf(
  study: ComparableStudy,
  number: SignedNumber,
  reference: SignedNumber | null,
): Message | null {
  if (study.standing === 'rejected') return message('prior.apart.rejected');
  if (!study.atRest) return message('prior.apart.stage');
  return reference === null || isAlike(number, reference) ? null : message('prior.apart.way');
}

const isAlike = (a: SignedNumber, b: SignedNumber): boolean =>
  a.method === b.method && a.view === b.view && a.unit === b.unit;

const numberOf = (name: TrendName, study: ComparableStudy | undefined): SignedNumber | null =>
  study?.measurements.find((one) => one.name === name && isShown(one)) ?? null;

/** Of a biplane study the one plane that the others are of. */
const numberAlike = (
  name: TrendName,
  { measurements, planes }: ComparableStudy,
  reference: SignedNumber | null,
): SignedNumber | null =>
  reference === null
    ? null
    : ([...measurements, ...planes].find((one) => one.name === name && isAlike(one, reference)) ?? null);

const isShown = ({ name, value, unit }: SignedNumber): boolean =>
  shownQuantity({ name: name as MeasurementName, value, unit }) !== null;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
