import type { ShownText } from '../../core/conclusion/report-texts.ts';
import { message, type Message } from '../../core/language/message.ts';
import { listed } from '../../core/wording/listed.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import { drawParagraphs } from './paragraphs.ts';
import type { ReportFlow } from './report-flow.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';

const lineHeight = 11.5;
const textStyle = { size: 9.5 } as const;
/** Numbers that changed are named up to here. */
const mostNamed = 6;

/** The conclusion in full, and whose words it is. */
export function drawConclusion(
  document: PDFKit.PDFDocument,
  { words }: Pick<ReportInput, 'words'>,
  conclusion: ShownText,
  flow: ReportFlow,
): void {
  // A title stands with the first line under it.
  flow.next(16 + lineHeight);
  const title = words.say('report.conclusion');
  const width = drawLine(document, title, page.left, flow.y + 8, {
    ...{ size: 10.5, leastSize: 8, weight: 'bold', maxWidth: contentWidth / 2 },
  });
  const origin = conclusion.isWritten ? 'written' : 'other';
  drawLine(document, words.say('report.conclusion.origin', { origin }), page.right, flow.y + 8, {
    ...{ size: 7.5, leastSize: 6, align: 'right', colour: colour.muted },
    maxWidth: contentWidth - width - 12,
  });
  flow.y += 22;
  const [first, ...others] = conclusion.changed.slice(0, mostNamed).map(({ what, signed, now }): Message => {
    const none = message('common.not-given');
    return message('report.signature.number', { what, signed: signed ?? none, now: now ?? none });
  });
  if (first !== undefined) {
    const changed = words.say('report.conclusion.changed', {
      numbers: listed([first, ...others]),
      more: conclusion.changed.length - others.length - 1,
    });
    const style = { size: 8, weight: 'bold', colour: colour.refusal } as const;
    for (const line of wrapped(document, changed, contentWidth, 4, style)) {
      drawLine(document, line, page.left, flow.y, style);
      flow.y += 10;
    }
  }
  const text = conclusion.text.trim() === '' ? words.say('common.not-given') : conclusion.text;
  drawParagraphs(document, text, textStyle, lineHeight, flow);
  flow.y += 2;
}
