import type { Sex } from '../../core/clip/clip.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { type Grade, gradeMeasurement } from '../../core/reference-limits/grade.ts';
import { referenceEdition, type ReferenceLimits } from '../../core/reference-limits/limits.ts';
import { colour, page, rule } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';
import { formatQuantity, methodLabels, viewLabels } from './wording.ts';

const rowHeight = 10.6;
const maxRows = 14;
const studyWidth = 322;
const gap = 14;

interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  readonly colour?: string;
  readonly bold?: boolean;
}

interface Column {
  readonly title: string;
  readonly x: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

/** The study's numbers with reference limits at the left, the numbers of each plane at the right. */
export function drawMeasurements(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clips: readonly ReportedClip[],
  top: number,
): number {
  const left = drawStudyTable(document, input, top);
  const right = drawPlaneTable(document, clips, top);
  return Math.max(left, right) + 6;
}

function drawStudyTable(document: PDFKit.PDFDocument, input: ReportInput, top: number): number {
  const { measurements } = input.measurements;
  const sex = input.document.review.body.sex.value;
  const columns: Column[] = [
    { title: 'Study', x: page.left, width: 36 },
    { title: 'Value', x: page.left + 36, width: 62, align: 'right' },
    { title: 'Method and view', x: page.left + 104, width: 100 },
    { title: 'Reference', x: page.left + 206, width: 76 },
    { title: 'Grade', x: page.left + 285, width: studyWidth - 285 },
  ];
  const { atRest } = input.measurements;
  const rows = measurements.flatMap((measurement) => studyRow(measurement, sex, atRest));
  const end = drawTable(document, columns, rows, top, 'No measurement could be made.');
  const source = `Reference limits for adults: ${referenceEdition.name}. ${referenceEdition.citation}.`;
  wrapped(document, source, studyWidth, 3, { size: 6.5 }).forEach((line, index) =>
    drawLine(document, line, page.left, end + 8 + 8 * index, { size: 6.5, colour: colour.muted }),
  );
  return end + 26;
}

function studyRow(measurement: Measurement, sex: Sex, atRest: boolean): Cell[][] {
  const { name, method, view } = measurement;
  const shown = formatQuantity(measurement);
  if (shown === null) return [];
  const bold = name === 'EF' || name === 'EDV' || name === 'ESV';
  return [
    [
      { text: name, bold },
      { text: `${shown.number} ${shown.unit}`, bold },
      { text: [methodLabels[method], view === null ? null : viewLabels[view]].filter(Boolean).join(', ') },
      // The limits are those of hearts at rest.
      ...(atRest ? referenceCells(measurement, sex) : []),
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

/** Limits and grade; both tables and no grade where sex is not known and they disagree. */
function referenceCells({ name, value }: Measurement, sex: Sex): [limits: Cell, grade: Cell] {
  const graded = gradeMeasurement(name, value, sex);
  if (graded === null) return [{ text: '' }, { text: '' }];
  const range = ({ normalLow, normalHigh }: ReferenceLimits) => `${normalLow}–${normalHigh}`;
  const known = graded.tables.length === 1;
  const limits = graded.tables
    .map((table) => (known ? range(table.limits) : `${range(table.limits)} ${table.sex[0]!}`))
    .join(', ');
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

function drawPlaneTable(document: PDFKit.PDFDocument, clips: readonly ReportedClip[], top: number): number {
  if (clips.length === 0) return top;
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
  return drawTable(document, columns, rows, top, 'No plane was measured.');
}

const methodMarks: Partial<Record<Measurement['method'], string>> = {
  'single-plane-disks': 'disks',
  'area-length': 'area–length',
};

function rowLabel(measurement: Measurement): string {
  const { name, method } = measurement;
  const mark = methodMarks[method];
  const unit = formatQuantity(measurement)?.unit ?? measurement.unit;
  return `${name}${mark === undefined ? '' : ` ${mark}`} (${unit})`;
}

function keyOf({ name, method, unit }: Measurement): string {
  return [name, method, unit].join('|');
}

function drawTable(
  document: PDFKit.PDFDocument,
  columns: readonly Column[],
  rows: readonly Cell[][],
  top: number,
  empty: string,
): number {
  const first = columns[0]!;
  const last = columns.at(-1)!;
  const write = (cell: Cell, { x, width, align }: Column, baseline: number, size: number) =>
    drawLine(document, cell.text, align === 'right' ? x + width : x, baseline, {
      size,
      maxWidth: width - 2,
      align: align ?? 'left',
      weight: cell.bold === true ? 'bold' : 'regular',
      colour: cell.colour ?? colour.ink,
    });
  columns.forEach((column) =>
    write({ text: column.title, colour: colour.muted, bold: true }, column, top + 8, 7.5),
  );
  rule(document, top + 11, first.x, last.x + last.width);
  let baseline = top + 20;
  const shown = rows.length > maxRows ? rows.slice(0, maxRows - 1) : rows;
  for (const row of shown) {
    row.forEach((cell, index) => write(cell, columns[index]!, baseline, 8));
    baseline += rowHeight;
  }
  const note =
    rows.length === 0 ? empty : rows.length > shown.length ? `+ ${rows.length - shown.length} more` : null;
  if (note !== null) {
    drawLine(document, note, first.x, baseline, { size: 8, colour: colour.muted });
    baseline += rowHeight;
  }
  return baseline - rowHeight + 4;
}
