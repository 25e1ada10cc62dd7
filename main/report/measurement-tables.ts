import type { Sex } from '../../core/clip/clip.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { type Grade, gradeMeasurement } from '../../core/reference-limits/grade.ts';
import { referenceEdition } from '../../core/reference-limits/limits.ts';
import { type GradeDoubt, gradeDoubt, limitsApply } from '../../core/assessment/reliability.ts';
import { quantityOf } from '../../core/quantity/quantities.ts';
import { meanWords } from '../../core/assessment/mean-words.ts';
import type { Language } from '../../core/language/language.ts';
import { message, type Message, type MessageId } from '../../core/language/message.ts';
import { listed } from '../../core/wording/listed.ts';
import { quantityLabel, shownQuantity } from '../../core/wording/quantity.ts';
import { unitText } from '../../core/wording/unit.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { type Cell, type Column, drawFlowingTable } from './table.ts';
import { drawLine, wrapped } from './text-line.ts';
import { methodText } from '../../core/wording/method.ts';
import { dayText, quantityText, viewText } from './wording.ts';

/** Columns of the study's numbers, from the left of the page's column. */
const nameWidth = 80;
const valueWidth = 46;
const methodWidth = { alone: 150, besidePrior: 98 } as const;
const spreadWidth = 38;
const priorWidth = 34;
const differenceWidth = 30;
const referenceWidth = 78;
const gap = 8;

/** The study's numbers with the spread of their beats, those of an earlier study and the reference limits. */
export function drawStudyNumbers(document: PDFKit.PDFDocument, input: ReportInput, flow: ReportFlow): void {
  const { words, prior } = input;
  const { measurements, used, clips } = input.measurements;
  // What the headline is a mean of stands under it.
  const of = meanWords(input.measurements);
  const mean = of === null ? [] : wrapped(document, words.say(of), contentWidth - 8, 4, { size: 8 });
  const isGuess = used.some((uid) => clips[uid]?.view.source === 'recognised');
  const guess = isGuess ? [words.say('numbers.view-recognised')] : [];
  const under = [...mean, ...guess].map((text): Cell[] => [
    { text: `  ${text}`, spans: true, colour: colour.muted },
  ]);
  const rows = measurements.flatMap((measurement) => [
    ...studyRow(measurement, input),
    ...(measurement.name === 'EF' ? under : []),
  ]);
  if (rows.length === 0) {
    flow.next(12);
    drawLine(document, words.say('report.no-measurement'), page.left, flow.y, {
      size: 8,
      colour: colour.muted,
    });
    flow.y += 12;
    return;
  }
  drawFlowingTable(document, columnsOf(words, prior), rows, flow);
  const { name: edition } = referenceEdition;
  const notes = [
    ...(limitsApply(input.measurements) ? [words.say('report.reference.short', { edition })] : []),
    ...(prior === null
      ? []
      : [
          words.say('report.prior', {
            day: prior.date === null ? message('date.none') : dayText(prior.date, words),
            signed: prior.standing === 'signed' ? 'other' : 'no',
            time: compared[prior.time],
          }),
        ]),
  ];
  for (const line of notes.flatMap((text) => wrapped(document, text, contentWidth, 2, noteStyle))) {
    flow.next(9);
    drawLine(document, line, page.left, flow.y - 2, noteStyle);
    flow.y += 9;
  }
}

/** As the note says where the other study lies from this one. */
const compared = { earlier: 'other', later: 'later', 'same-day': 'day', undated: 'undated' } as const;
const noteStyle = { size: 7, colour: colour.muted } as const;

function columnsOf(words: Language, prior: ReportInput['prior']): Column[] {
  let x: number = page.left;
  const column = (title: string, width: number, align: 'left' | 'right' = 'left'): Column => {
    const at = x;
    x += width + gap;
    return { title, x: at, width, align };
  };
  const columns = [
    column(words.say('report.table.study'), nameWidth),
    column(words.say('report.table.value'), valueWidth, 'right'),
    column(words.say('report.table.method'), prior === null ? methodWidth.alone : methodWidth.besidePrior),
    column(words.say('report.table.spread'), spreadWidth),
    ...(prior === null
      ? []
      : [
          column(words.say(`prior.time.${prior.time}`), priorWidth, 'right'),
          column(words.say('report.table.difference'), differenceWidth, 'right'),
        ]),
    column(words.say('report.table.reference'), referenceWidth),
  ];
  return [...columns, column(words.say('report.table.grade'), page.right - x)];
}

function studyRow(measurement: Measurement, input: ReportInput): Cell[][] {
  const { words, measurements, prior } = input;
  const { name, method, view } = measurement;
  const shown = quantityText(measurement);
  if (shown === null) return [];
  const how = methodText(method);
  const bold = quantityOf(name)?.headline ?? false;
  return [
    [
      { text: words.say(quantityLabel(name)), bold },
      { text: words.say(shown), bold },
      {
        text: words.say(
          view === null
            ? how
            : message('report.table.method-and-view', { method: how, view: viewText(view) }),
        ),
      },
      { text: spreadText(measurement, input), colour: colour.muted },
      ...(prior === null ? [] : priorCells(measurement, prior, words)),
      // The limits are those of adults at rest.
      ...(limitsApply(measurements)
        ? referenceCells(
            measurement,
            words,
            input.document.review.body.sex.value,
            gradeDoubt(measurements, name),
          )
        : []),
    ],
  ];
}

/** "52–58": the range of the beats, or pairs of beats, that a number is a mean of. */
function spreadText({ name, method, unit }: Measurement, { measurements, words }: ReportInput): string {
  const spread = measurements.spread.find(
    (one) => one.name === name && one.method === method && one.unit === unit,
  );
  if (spread === undefined || spread.count < 2) return '';
  const [low, high] = [spread.least, spread.greatest].map((value) => shownQuantity({ name, value, unit }));
  if (!low || !high) return '';
  if (low.value.toFixed(low.decimals) === high.value.toFixed(high.decimals))
    return words.decimals(low.value, low.decimals);
  return words.say('report.range', {
    low: words.decimals(low.value, low.decimals),
    high: words.decimals(high.value, high.decimals),
  });
}

/** The number of the earlier study and the difference, marked where it is more than repeated studies differ by; "–" where the two were not made alike. */
function priorCells(
  measurement: Measurement,
  { rows }: NonNullable<ReportInput['prior']>,
  words: Language,
): [then: Cell, difference: Cell] {
  const row = rows.find(
    ({ name, method, unit }) =>
      name === measurement.name && method === measurement.method && unit === measurement.unit,
  );
  const shown = (value: number) => shownQuantity({ ...measurement, value });
  const was = row === undefined || row.prior === null ? null : shown(row.prior);
  if (row === undefined || was === null) return [{ text: '' }, { text: '' }];
  const then = { text: words.decimals(was.value, was.decimals) };
  if (row.change === null) return [then, { text: row.notCompared === null ? '' : '–', colour: colour.muted }];
  const difference = `${row.change > 0 ? '+' : ''}${words.decimals(row.change, was.decimals)}`;
  return [then, { text: difference, bold: row.beyondSpread === true }];
}

const grades = {
  normal: 'report.grade.normal',
  mild: 'report.grade.mild',
  moderate: 'report.grade.moderate',
  severe: 'report.grade.severe',
  'below-range': 'report.grade.below',
  'above-range': 'report.grade.above',
} as const satisfies Readonly<Record<Grade, MessageId>>;

const doubts = {
  unsure: 'report.grade.unsure',
  'no-whole-beat': 'report.grade.no-beat',
  'view-not-confirmed': 'report.grade.no-view',
} as const satisfies Readonly<Record<NonNullable<GradeDoubt>, MessageId>>;

/**
 * Limits and grade; both tables and no grade where sex is not known and they disagree; no grade where the numbers are not
 * sure enough for one.
 */
function referenceCells(
  { name, value }: Measurement,
  words: Language,
  sex: Sex,
  doubt: GradeDoubt,
): [limits: Cell, grade: Cell] {
  const graded = gradeMeasurement(name, value, sex);
  if (graded === null) return [{ text: '' }, { text: '' }];
  const known = graded.tables.length === 1;
  const [first, ...others] = graded.tables.map(({ limits: { normalLow: low, normalHigh: high }, sex: of }) =>
    known
      ? message('report.range', { low, high })
      : message('report.range.of-sex', { low, high, sex: of === 'male' ? 'male' : 'other' }),
  );
  const limits = first === undefined ? '' : words.say(listed([first, ...others]));
  if (doubt !== null) return [{ text: limits }, { text: words.say(doubts[doubt]), colour: colour.muted }];
  const grade = graded.grade;
  return [
    { text: limits },
    grade === null
      ? { text: words.say('report.grade.sex-unknown'), colour: colour.warning }
      : {
          text: words.say(grades[grade]),
          bold: grade !== 'normal',
          colour: grade === 'normal' ? colour.ink : colour.refusal,
        },
  ];
}

/** Every number of each plane, means over its beats; lengths in mm and areas in cm². */
export function drawPlaneNumbers(
  document: PDFKit.PDFDocument,
  { words }: ReportInput,
  clips: readonly ReportedClip[],
  flow: ReportFlow,
): void {
  if (clips.length === 0) return;
  const widthOfOne = 90;
  const columns: Column[] = [
    { title: words.say('report.table.plane'), x: page.left, width: 190 },
    ...clips.map((clip, index) => ({
      title: clip.label,
      x: page.left + 190 + widthOfOne * index,
      width: widthOfOne,
      align: 'right' as const,
    })),
  ];
  const means = clips.map(({ measured }) =>
    measured.measurements.filter((one) => one.beat === null && shownQuantity(one) !== null),
  );
  const keys = [...new Set(means.flat().map(keyOf))];
  const rows = keys.map((key): Cell[] => {
    const found = means.map((list) => list.find((measurement) => keyOf(measurement) === key));
    const any = found.find((measurement) => measurement !== undefined)!;
    return [
      { text: words.say(rowLabel(any)) },
      ...found.map((measurement) => {
        const shown = measurement === undefined ? null : shownQuantity(measurement);
        return { text: shown === null ? '–' : words.decimals(shown.value, shown.decimals) };
      }),
    ];
  });
  if (rows.length === 0) rows.push([{ text: words.say('report.no-plane'), colour: colour.muted }]);
  drawFlowingTable(document, columns, rows, flow);
}

/** The methods that a row names; others need no name. */
const methodMarks: Readonly<Partial<Record<Measurement['method'], 'disks' | 'area'>>> = {
  'single-plane-disks': 'disks',
  'area-length': 'area',
};

function rowLabel(measurement: Measurement): Message {
  const name = quantityLabel(measurement.name);
  const method = methodMarks[measurement.method] ?? 'other';
  const unit = shownQuantity(measurement)?.unit ?? measurement.unit;
  return unit === ''
    ? message('report.plane', { name, method })
    : message('report.plane.with-unit', { name, method, unit: unitText(unit) });
}

function keyOf({ name, method, unit }: Measurement): string {
  return [name, method, unit].join('|');
}
