import type { BeatRow } from '../../core/measurement/beat-table.ts';
import { excludedBy } from '../../core/review/excluded-by.ts';
import type { Language } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import { listed } from '../../core/wording/listed.ts';
import { quantityLabel } from '../../core/wording/quantity.ts';
import type { MeasurementName } from '../../core/quantity/quantities.ts';
import { unitText } from '../../core/wording/unit.ts';
import { contentWidth, colour, page } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import type { ReportFlow } from './report-flow.ts';
import { type Cell, type Column, drawFlowingTable } from './table.ts';
import { wrapped } from './text-line.ts';

const gap = 14;
const numberWidth = 32;
const indexWidth = 38;
/**
 * The beats of the report's clips side by side, with their own numbers, what is doubtful about them and who excluded
 * them. A clip with one beat only, which nobody excluded, has its numbers above. Goes on over as many pages as it takes.
 */
export function drawBeatTables(
  document: PDFKit.PDFDocument,
  { document: { history }, words }: ReportInput,
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
    columnsOf(clip, words, page.left + index * (width + gap), noteWidth),
  );
  const tables = shown.map(({ facts, measured }) =>
    measured.beatTable.map((row) => {
      const by =
        row.exclusionMark === null ? null : excludedBy(history, facts.sopInstanceUid, row.exclusionMark);
      return linesOf(row, words, wrapped(document, notesOf(row, by, words), noteWidth - 2, 4, { size: 8 }));
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

function columnsOf({ label }: ReportedClip, words: Language, left: number, noteWidth: number): Column[] {
  const number = (title: string, index: number): Column => ({
    title,
    x: left + indexWidth + index * numberWidth,
    width: numberWidth,
    align: 'right',
  });
  const measured = (name: MeasurementName, unit: string) =>
    words.say('report.beats.column', { quantity: quantityLabel(name), unit: unitText(unit) });
  return [
    { title: words.say('report.beats.beat', { clip: label }), x: left, width: indexWidth },
    number(words.say('beats.column.cycle'), 0),
    number(measured('EDV', 'mL'), 1),
    number(measured('ESV', 'mL'), 2),
    number(measured('EF', '%'), 3),
    { title: '', x: left + indexWidth + 4 * numberWidth + 6, width: noteWidth },
  ];
}

/** A beat's row, and further ones where its notes take several lines. */
function linesOf(row: BeatRow, words: Language, notes: readonly string[]): Cell[][] {
  const { index, cycleMs, edvMl, esvMl, efPercent, included } = row;
  const tint = included ? colour.ink : colour.muted;
  const number = (value: number | null): Cell => ({
    text: value === null ? '–' : words.decimals(value, 0),
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

function notesOf(
  { whole, flags, proposed, exclusionMark, included }: BeatRow,
  by: string | null,
  words: Language,
): string {
  const [first, ...others]: Message[] = [
    ...(whole ? [] : [message('report.beats.note.not-whole')]),
    ...flags.map((flag) => message(`report.beats.note.${flag}`)),
    ...(exclusionMark === null
      ? []
      : [message('report.beats.note.excluded', { reader: by || message('report.beats.note.reader') })]),
    ...(exclusionMark === null && !included ? [message('report.beats.note.not-measured')] : []),
    ...(proposed ? [message('report.beats.note.counts')] : []),
  ];
  return first === undefined ? '' : words.say(listed([first, ...others]));
}
