import { nameGroups } from '../../core/wording/person-name.ts';
import { drawNotice } from './notice.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';
import { dayText } from './wording.ts';

/** Where the text of a further page begins and ends, as base lines. */
const furtherTop = 66;
const furtherBottom = page.height - 56;
/** Of the number of a page, and of what is kept free at the other side of the page's middle. */
const numberWidth = 80;

/**
 * Where the next line of a report goes. What does not fit above the bottom of a page goes on on a further one, which
 * names the patient and the study again, so that a page that is torn off still says whose it is.
 */
export class ReportFlow {
  readonly #document: PDFKit.PDFDocument;
  readonly #input: ReportInput;
  #bottom: number;
  /** Base line of the next line. */
  y: number;

  constructor(document: PDFKit.PDFDocument, input: ReportInput, top: number, bottom: number) {
    this.#document = document;
    this.#input = input;
    this.y = top;
    this.#bottom = bottom;
  }

  /** Goes to a further page unless so much height is left on this one. */
  next(height: number): void {
    if (this.y + height - 8 <= this.#bottom) return;
    this.turn();
  }

  /** What is left of this page. */
  get left(): number {
    return this.#bottom - this.y;
  }

  turn(): void {
    this.#document.addPage();
    drawFurtherHeader(this.#document, this.#input);
    this.y = furtherTop;
    this.#bottom = furtherBottom;
  }
}

function drawFurtherHeader(document: PDFKit.PDFDocument, input: ReportInput): void {
  const {
    words,
    document: { facts },
  } = input;
  const { patient, studyDate } = facts;
  // The name last: it may be long, and what tells the patient apart is never cut.
  const day = studyDate === null || studyDate === '' ? '' : dayText(studyDate, words);
  const who = [patient.patientId, day, nameGroups(patient.name)[0] ?? words.say('report.name-not-given')]
    .filter((part) => part !== '')
    .join(' · ');
  drawLine(document, who, page.left, 44, { size: 9, weight: 'bold', maxWidth: 260 });
  const place = { size: 8.5, align: 'right', maxWidth: contentWidth - 270 } as const;
  drawNotice(document, input, page.right, 44, place);
  rule(document, 50);
}

/** Numbers the pages once all of them are there; one page needs no number. */
export function numberPages(document: PDFKit.PDFDocument, input: ReportInput): void {
  const { start, count } = document.bufferedPageRange();
  if (count === 1) return;
  for (let index = start; index < start + count; index += 1) {
    document.switchToPage(index);
    const words = input.words.say('report.page', { page: index - start + 1, pages: count });
    drawLine(document, words, page.right, page.height - 26, {
      size: 7.5,
      leastSize: 5.5,
      maxWidth: numberWidth,
      align: 'right',
      colour: colour.muted,
    });
    if (index > start) {
      drawNotice(document, input, page.width / 2, page.height - 26, {
        size: 9,
        align: 'centre',
        maxWidth: contentWidth - 2 * numberWidth - 12,
      });
    }
  }
}
