import { inEnglish } from '../../core/language/english.ts';
import type { Sex } from '../../core/clip/clip.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { type Grade, gradeMeasurement } from '../../core/reference-limits/grade.ts';
import { referenceEdition, type ReferenceLimits } from '../../core/reference-limits/limits.ts';
import { type GradeDoubt, gradeDoubt } from '../../core/assessment/reliability.ts';
import { quantityOf } from '../../core/quantity/quantities.ts';
import { meanWords } from '../../core/assessment/mean-words.ts';
import { colour, page } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { type Cell, type Column, type Drawn, drawTable, type TableRest } from './table.ts';
import { drawLine, wrapped } from './text-line.ts';
import { methodText } from '../../core/wording/method.ts';
import { formatQuantity, viewLabels } from './wording.ts';

/** The source of the limits, under the study's numbers. */
const referenceHeight = 26;
const studyWidth = 322;
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
  const right = drawPlaneTable(document, clips, top, bottom);
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
  const { measurements } = input.measurements;
  const doubt = gradeDoubt(input.measurements);
  const sex = input.document.review.body.sex.value;
  const columns: Column[] = [
    { title: 'Study', x: page.left, width: 36 },
    { title: 'Value', x: page.left + 36, width: 62, align: 'right' },
    { title: 'Method and view', x: page.left + 104, width: 100 },
    { title: 'Reference', x: page.left + 206, width: 76 },
    { title: 'Grade', x: page.left + 285, width: studyWidth - 285 },
  ];
  const { atRest } = input.measurements;
  // What the headline is a mean of stands under it.
  const of = meanWords(input.measurements);
  const mean = of === null ? [] : wrapped(document, input.words.say(of), studyWidth - 8, 4, { size: 8 });
  const under = mean.map((text): Cell[] => [{ text: `  ${text}`, spans: true, colour: colour.muted }]);
  const rows = measurements.flatMap((measurement) => [
    ...studyRow(measurement, sex, atRest, doubt),
    ...(measurement.name === 'EF' ? under : []),
  ]);
  const drawn = drawTable(document, columns, rows, top, bottom, 'No measurement could be made.');
  const source = `Reference limits for adults: ${referenceEdition.name}. ${referenceEdition.citation}.`;
  wrapped(document, source, studyWidth, 3, { size: 6.5 }).forEach((line, index) =>
    drawLine(document, line, page.left, drawn.end + 8 + 8 * index, { size: 6.5, colour: colour.muted }),
  );
  return drawn;
}

function studyRow(measurement: Measurement, sex: Sex, atRest: boolean, doubt: GradeDoubt): Cell[][] {
  const { name, method, view } = measurement;
  const shown = formatQuantity(measurement);
  if (shown === null) return [];
  const bold = quantityOf(name)?.headline ?? false;
  return [
    [
      { text: name, bold },
      { text: `${shown.number} ${shown.unit}`.trim(), bold },
      {
        text: [inEnglish.say(methodText(method)), view === null ? null : viewLabels[view]]
          .filter(Boolean)
          .join(', '),
      },
      // The limits are those of hearts at rest.
      ...(atRest ? referenceCells(measurement, sex, doubt) : []),
    ],
  ];
}

const gradeLabels: Readonly<Record<Grade, string>> = {
  normal: 'normal',
  mild: 'mild',
  moderate: 'moderate',
  severe: 'severe',
  'below-range': 'below',
  'above-range': 'above',
};

const doubtWords: Readonly<Record<NonNullable<GradeDoubt>, string>> = {
  unsure: 'unsure',
  'no-whole-beat': 'no beat',
};

/**
 * Limits and grade; both tables and no grade where sex is not known and they disagree; no grade where the numbers are not
 * sure enough for one.
 */
function referenceCells(
  { name, value }: Measurement,
  sex: Sex,
  doubt: GradeDoubt,
): [limits: Cell, grade: Cell] {
  const graded = gradeMeasurement(name, value, sex);
  if (graded === null) return [{ text: '' }, { text: '' }];
  const range = ({ normalLow, normalHigh }: ReferenceLimits) => `${normalLow}–${normalHigh}`;
  const known = graded.tables.length === 1;
  const limits = graded.tables
    .map((table) => (known ? range(table.limits) : `${range(table.limits)} ${table.sex[0]!}`))
    .join(', ');
  if (doubt !== null) return [{ text: limits }, { text: `○ ${doubtWords[doubt]}`, colour: colour.muted }];
  const grade = graded.grade;
  return [
    { text: limits },
    grade === null
      ? { text: 'sex?', colour: colour.warning }
      : {
          text: gradeLabels[grade],
          bold: grade !== 'normal',
          colour: grade === 'normal' ? colour.ink : colour.refusal,
        },
  ];
}

function drawPlaneTable(
  document: PDFKit.PDFDocument,
  clips: readonly ReportedClip[],
  top: number,
  bottom: number,
): Drawn {
  if (clips.length === 0) return { end: top, rest: { columns: [], rows: [] } };
  const left = page.left + studyWidth + gap;
  const width = page.right - left;
  const valueWidth = 44;
  const columns: Column[] = [
    { title: 'Single plane', x: left, width: width - valueWidth * clips.length - 4 },
    ...clips.map((clip, index) => ({
      title: clip.label,
      x: page.right - valueWidth * (clips.length - index),
      width: valueWidth,
      align: 'right' as const,
    })),
  ];
  const means = clips.map(({ measured }) =>
    measured.measurements.filter((one) => one.beat === null && formatQuantity(one) !== null),
  );
  const keys = [...new Set(means.flat().map(keyOf))];
  const rows = keys.map((key): Cell[] => {
    const found = means.map((list) => list.find((measurement) => keyOf(measurement) === key));
    const any = found.find((measurement) => measurement !== undefined)!;
    return [
      { text: rowLabel(any) },
      ...found.map((measurement) => ({ text: (measurement && formatQuantity(measurement)?.number) ?? '–' })),
    ];
  });
  return drawTable(document, columns, rows, top, bottom, 'No plane was measured.');
}

const methodMarks: Partial<Record<Measurement['method'], string>> = {
  'single-plane-disks': 'disks',
  'area-length': 'area–length',
};

function rowLabel(measurement: Measurement): string {
  const { name, method } = measurement;
  const mark = methodMarks[method];
  const unit = formatQuantity(measurement)?.unit ?? measurement.unit;
  return `${name}${mark === undefined ? '' : ` ${mark}`}${unit === '' ? '' : ` (${unit})`}`;
}

function keyOf({ name, method, unit }: Measurement): string {
  return [name, method, unit].join('|');
}
