import { type ComparedNumber, comparedDocuments } from '../../core/document/compared-numbers.ts';
import {
  deviceText,
  differenceText,
  longWayText,
  noDayText,
  originText,
  reportedText,
  writtenDay,
} from '../../core/document/document-words.ts';
import type { Language } from '../../core/language/language.ts';
import { signedNumberText } from '../../core/measurement/signed-differences.ts';
import { quantityLabel } from '../../core/wording/quantity.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import type { ReportInput } from './report-input.ts';
import { type Cell, type Column, drawFlowingTable } from './table.ts';
import { drawLine } from './text-line.ts';
import { dayText } from './wording.ts';

const nameWidth = 92;
const numberWidth = 54;
const titleHeight = 11;
const mostKeptTogether = 200;

/**
 * What scanners and other programs measured, each report a table beside our numbers of the same quantities. Reports that
 * a Systola wrote are left out: their numbers are those of this page, or of what was signed before it.
 */
export function drawDocumentTables(
  document: PDFKit.PDFDocument,
  { document: { documents }, measurements, words }: ReportInput,
  flow: ReportFlow,
): void {
  for (const { document: from, numbers } of comparedDocuments(documents, measurements)) {
    if (from.bySystola) continue;
    const written = writtenDay(from);
    const day = written === null ? words.say(noDayText(from)) : dayText(written.slice(0, 10), words);
    const title = words.say('report.document.title', {
      origin: originText(from),
      device: deviceText(from),
      day,
    });
    flow.y += 8;
    const rows = numbers.map((number) => rowOf(number, words));
    // A title stands with its first lines, and a short table whole.
    flow.next(Math.min(titleHeight + 10 * rows.length + 20, mostKeptTogether));
    drawLine(document, title, page.left, flow.y, {
      ...{ size: 8.5, leastSize: 6.5, weight: 'bold', maxWidth: contentWidth },
    });
    flow.y += titleHeight;
    drawFlowingTable(document, columnsOf(words), rows, flow);
  }
}

function columnsOf(words: Language): Column[] {
  const number = (title: string, index: number): Column => ({
    title,
    x: page.left + nameWidth + index * numberWidth,
    width: numberWidth,
    align: 'right',
  });
  const wayAt = page.left + nameWidth + 3 * numberWidth + 10;
  return [
    { title: '', x: page.left, width: nameWidth },
    number(words.say('document.column.there'), 0),
    number(words.say('document.column.here'), 1),
    number(words.say('document.column.difference'), 2),
    { title: words.say('report.document.way'), x: wayAt, width: page.right - wayAt },
  ];
}

function rowOf(compared: ComparedNumber, words: Language): Cell[] {
  const { reported, ours, isOfOneMethod } = compared;
  const way = longWayText(reported);
  const texts = [reportedText(reported), ours && signedNumberText(ours), differenceText(compared)];
  return [
    { text: words.say(quantityLabel(reported.name)) },
    ...texts.map((text, index): Cell => ({
      text: text === null ? '–' : words.say(text),
      // Two methods differ whoever measures.
      ...(index === 2 && !isOfOneMethod ? { colour: colour.muted } : {}),
    })),
    { text: way === null ? '' : words.say(way), colour: colour.muted },
  ];
}
