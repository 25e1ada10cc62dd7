import type { GradeDoubt } from '../../core/assessment/reliability.ts';
import type { Sex } from '../../core/clip/clip.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { gradeMeasurement, type Grade } from '../../core/reference-limits/grade.ts';
import { listed } from '../../core/wording/listed.ts';
import { quantityLabel } from '../../core/wording/quantity.ts';
import { unitText } from '../../core/wording/unit.ts';
import { say } from '../words/language.svelte.ts';

const signs: Readonly<Record<Grade, string>> = {
  normal: '●',
  mild: '▲',
  moderate: '▲▲',
  severe: '▲▲▲',
  'below-range': '▽',
  'above-range': '△',
};

/** A number held against the limits of normal. */
export interface ShownGrade {
  /** `open` where it is not graded, whatever the reason. */
  readonly state: Grade | 'open';
  readonly sign: string;
  /** What the number is called by its grade, or why it has none. */
  readonly words: Message;
  /** "normal 52–72 % (men)". */
  readonly limits: string;
  /** What both sexes' tables call normal, where the sex is not known. */
  readonly low: number;
  readonly high: number;
  readonly edition: string;
}

/** @returns null for a number without limits */
export function shownGrade(measurement: Measurement, sex: Sex, doubt: GradeDoubt): ShownGrade | null {
  const result = gradeMeasurement(measurement.name, measurement.value, sex);
  if (result === null) return null;
  const { tables, grade, edition } = result;
  const [first, ...others] = tables.map((table) =>
    message('grade.limits', {
      low: table.limits.normalLow,
      high: table.limits.normalHigh,
      unit: unitText(measurement.unit),
      sex: table.sex,
    }),
  );
  const words =
    doubt !== null
      ? message(`grade.not-graded.${doubt}`)
      : grade !== null
        ? message(`grade.name.${grade}`)
        : message('grade.sex-not-known', { name: quantityLabel(measurement.name) });
  return {
    state: doubt === null && grade !== null ? grade : 'open',
    sign: doubt !== null ? '○' : grade !== null ? signs[grade] : '?',
    words,
    limits: first === undefined ? '' : say('grade.normal-range', { limits: listed([first, ...others]) }),
    low: Math.max(...tables.map(({ limits }) => limits.normalLow)),
    high: Math.min(...tables.map(({ limits }) => limits.normalHigh)),
    edition,
  };
}
