import type { BeatFlag } from '../../core/beat/beat-flags.ts';
import type { BeatRow } from '../../core/measurement/beat-table.ts';
import { excludedBy } from '../../core/review/excluded-by.ts';
import { decimalText } from '../../core/wording/number-text.ts';
import { contentWidth, colour, page } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import type { ReportFlow } from './report-flow.ts';
import { type Cell, type Column, drawFlowingTable } from './table.ts';
import { wrapped } from './text-line.ts';

const gap = 14;
const numberWidth = 32;
const indexWidth = 38;
const flagLabels: Readonly<Record<BeatFlag, string>> = {
  long: 'long',
  short: 'short',
  early: 'early',
  'after-early': 'after an early one',
};

/**
 * The beats of the report's clips side by side, with their own numbers, what is doubtful about them and who excluded
 * them. A clip with one beat only, which nobody excluded, has its numbers above. Goes on over as many pages as it takes.
 */
export function drawBeatTables(
  document: PDFKit.PDFDocument,
  { document: { history } }: ReportInput,
  clips: readonly ReportedClip[],
  flow: ReportFlow,
): void {
  const shown = clips.filter(
    ({ measured: { beatTable } }) =>
      beatTable.length > 1 || beatTable.some(({ exclusionMark }) => exclusionMark !== null),
  );
  if (shown.length === 0) return;
  const width = (contentWidth - gap * (shown.length - 1)) / shown.length;
  const noteWidth = width - indexWidth - 4 * numberWidth - 6;
  const columns = shown.flatMap((clip, index) =>
    columnsOf(clip, page.left + index * (width + gap), noteWidth),
  );
  const tables = shown.map(({ facts, measured }) =>
    measured.beatTable.map((row) => {
      const by =
        row.exclusionMark === null ? null : excludedBy(history, facts.sopInstanceUid, row.exclusionMark);
      return linesOf(row, wrapped(document, notesOf(row, by), noteWidth - 2, 4, { size: 8 }));
    }),
  );
  const empty = Array.from({ length: 6 }, (): Cell => ({ text: '' }));
  const beats = Math.max(...tables.map((table) => table.length));
  const rows = Array.from({ length: beats }, (_, beat) => {
    const lines = Math.max(...tables.map((table) => table[beat]?.length ?? 0));
    return Array.from({ length: lines }, (__, line) =>
      tables.flatMap((table) => table[beat]?.[line] ?? empty),
    );
  }).flat();
  flow.y += 8;
  drawFlowingTable(document, columns, rows, flow);
}

function columnsOf({ label }: ReportedClip, left: number, noteWidth: number): Column[] {
  const number = (title: string, index: number): Column => ({
    title,
    x: left + indexWidth + index * numberWidth,
    width: numberWidth,
    align: 'right',
  });
  return [
    { title: `${label} beat`, x: left, width: indexWidth },
    number('R–R ms', 0),
    number('EDV mL', 1),
    number('ESV mL', 2),
    number('EF %', 3),
    { title: '', x: left + indexWidth + 4 * numberWidth + 6, width: noteWidth },
  ];
}

/** A beat's row, and further ones where its notes take several lines. */
function linesOf(row: BeatRow, notes: readonly string[]): Cell[][] {
  const { index, cycleMs, edvMl, esvMl, efPercent, included } = row;
  const tint = included ? colour.ink : colour.muted;
  const number = (value: number | null): Cell => ({
    text: value === null ? '–' : decimalText(value, 0),
    colour: tint,
  });
  const numbers = [
    { text: String(index + 1), colour: tint },
    ...[cycleMs, edvMl, esvMl, efPercent].map(number),
  ];
  return notes.map((text, line) => [
    ...numbers.map((cell) => (line === 0 ? cell : { text: '' })),
    { text, colour: colour.muted },
  ]);
}

function notesOf({ whole, flags, proposed, exclusionMark, included }: BeatRow, by: string | null): string {
  return [
    ...(whole ? [] : ['not whole']),
    ...flags.map((flag) => flagLabels[flag]),
    ...(exclusionMark === null ? [] : [`excluded by ${by ?? 'a reader'}`]),
    ...(exclusionMark === null && !included ? ['not measured'] : []),
    ...(proposed ? ['counts in the mean'] : []),
  ].join(', ');
}
