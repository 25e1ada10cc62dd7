import type { Sex } from '../../core/clip/clip.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { type Grade, gradeMeasurement } from '../../core/reference-limits/grade.ts';
import { referenceEdition } from '../../core/reference-limits/limits.ts';
import { type GradeDoubt, gradeDoubt } from '../../core/assessment/reliability.ts';
import { quantityOf } from '../../core/quantity/quantities.ts';
import { meanWords } from '../../core/assessment/mean-words.ts';
import type { Language } from '../../core/language/language.ts';
import { message, type Message, type MessageId } from '../../core/language/message.ts';
import { listed } from '../../core/wording/listed.ts';
import { quantityLabel, shownQuantity } from '../../core/wording/quantity.ts';
import { unitText } from '../../core/wording/unit.ts';
import { colour, page } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { type Cell, type Column, type Drawn, drawTable, type TableRest } from './table.ts';
import { drawLine, wrapped } from './text-line.ts';
import { methodText } from '../../core/wording/method.ts';
import { quantityText, viewText } from './wording.ts';

/** The source of the limits, under the study's numbers. */
const referenceHeight = 26;
const studyWidth = 338;
const gap = 14;

/**
 * The study's numbers with reference limits at the left, the numbers of each plane at the right, down to `bottom`;
 * returns the height at which the next section starts and what is left over.
 */
export function drawMeasurements(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clips: readonly ReportedClip[],
  top: number,
  bottom: number,
): { readonly end: number; readonly rest: readonly TableRest[] } {
  const left = drawStudyTable(document, input, top, bottom - referenceHeight);
  const right = drawPlaneTable(document, input, clips, top, bottom);
  return {
    end: Math.max(left.end + referenceHeight, right.end) + 6,
    rest: [left, right].flatMap(({ rest }) => (rest.rows.length > 0 ? [rest] : [])),
  };
}

function drawStudyTable(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  top: number,
  bottom: number,
): Drawn {
  const { words } = input;
  const { measurements } = input.measurements;
  const sex = input.document.review.body.sex.value;
  const columns: Column[] = [
    { title: words.say('report.table.study'), x: page.left, width: 80 },
    { title: words.say('report.table.value'), x: page.left + 80, width: 44, align: 'right' },
    { title: words.say('report.table.method'), x: page.left + 130, width: 96 },
    { title: words.say('report.table.reference'), x: page.left + 228, width: 70 },
    { title: words.say('report.table.grade'), x: page.left + 300, width: studyWidth - 300 },
  ];
  const { atRest } = input.measurements;
  // What the headline is a mean of stands under it.
  const of = meanWords(input.measurements);
  const mean = of === null ? [] : wrapped(document, words.say(of), studyWidth - 8, 4, { size: 8 });
  const { used, clips } = input.measurements;
  const isGuess = used.some((uid) => clips[uid]?.view.source === 'recognised');
  const guess = isGuess ? [words.say('numbers.view-recognised')] : [];
  const under = [...mean, ...guess].map((text): Cell[] => [
    { text: `  ${text}`, spans: true, colour: colour.muted },
  ]);
  const rows = measurements.flatMap((measurement) => [
    ...studyRow(measurement, words, sex, atRest, gradeDoubt(input.measurements, measurement.name)),
    ...(measurement.name === 'EF' ? under : []),
  ]);
  const drawn = drawTable(document, columns, rows, top, bottom, words.say('report.no-measurement'));
  const { name: edition, citation } = referenceEdition;
  const source = words.say('report.reference', { edition, citation });
  wrapped(document, source, studyWidth, 3, { size: 6.5 }).forEach((line, index) =>
    drawLine(document, line, page.left, drawn.end + 8 + 8 * index, { size: 6.5, colour: colour.muted }),
  );
  return drawn;
}

function studyRow(
  measurement: Measurement,
  words: Language,
  sex: Sex,
  atRest: boolean,
  doubt: GradeDoubt,
): Cell[][] {
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
      // The limits are those of hearts at rest.
      ...(atRest ? referenceCells(measurement, words, sex, doubt) : []),
    ],
  ];
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

function drawPlaneTable(
  document: PDFKit.PDFDocument,
  { words }: ReportInput,
  clips: readonly ReportedClip[],
  top: number,
  bottom: number,
): Drawn {
  if (clips.length === 0) return { end: top, rest: { columns: [], rows: [] } };
  const left = page.left + studyWidth + gap;
  const width = page.right - left;
  const valueWidth = 40;
  const columns: Column[] = [
    { title: words.say('report.table.plane'), x: left, width: width - valueWidth * clips.length - 4 },
    ...clips.map((clip, index) => ({
      title: clip.label,
      x: page.right - valueWidth * (clips.length - index),
      width: valueWidth,
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
  return drawTable(document, columns, rows, top, bottom, words.say('report.no-plane'));
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
