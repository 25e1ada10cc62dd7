import { nameGroups } from '../../core/wording/person-name.ts';
import { drawNotice } from './notice.ts';
import { bottomOf, colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';
import { dayText } from './wording.ts';

/** Where the text of a further page begins, as a base line. */
const furtherTop = 66;
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

  constructor(document: PDFKit.PDFDocument, input: ReportInput, top: number) {
    this.#document = document;
    this.#input = input;
    this.y = top;
    this.#bottom = bottomOf(document);
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
    this.#bottom = bottomOf(this.#document);
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

/** What stands at the foot of each page, once all of them are there: its number and what it is not for. */
export function numberPages(document: PDFKit.PDFDocument, input: ReportInput): void {
  const { start, count } = document.bufferedPageRange();
  for (let index = start; index < start + count; index += 1) {
    document.switchToPage(index);
    const words = input.words.say('report.page', { page: index - start + 1, pages: count });
    const foot = document.page.height - 26;
    drawLine(document, words, page.right, foot, {
      size: 7.5,
      leastSize: 5.5,
      maxWidth: numberWidth,
      align: 'right',
      colour: colour.muted,
    });
    drawNotice(document, input, page.width / 2, foot, {
      size: 9,
      align: 'centre',
      maxWidth: contentWidth - 2 * numberWidth - 12,
    });
  }
}
