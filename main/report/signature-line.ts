import { message } from '../../core/language/message.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';
import { momentText } from './wording.ts';

/** Room in points for the line and what stands under it. */
export const signatureHeight = 44;
const lineLength = 210;

/** Whoever reads the study, with a line to sign on; under it who signed in Systola, and when. At the foot of its page. */
export function drawSignatureLine(
  document: PDFKit.PDFDocument,
  { words, settings, document: { review } }: ReportInput,
  flow: ReportFlow,
): void {
  flow.next(signatureHeight + 4);
  const top = flow.y + Math.max(0, flow.left - signatureHeight);
  const { decision } = review;
  const reader = decision.state === 'pending' ? settings.reader : decision.by;
  const rows = [
    { x: page.left, said: reader, label: words.say('report.reader') },
    {
      x: page.left + lineLength + 40,
      said: decision.state === 'pending' ? '' : words.say(momentText(new Date(decision.at), words)),
      label: words.say('report.date'),
    },
  ];
  const width = (x: number) => Math.min(lineLength, page.right - x);
  for (const { x, said, label } of rows) {
    document.save().lineWidth(0.6).strokeColor(colour.ink);
    document
      .moveTo(x, top + 22)
      .lineTo(x + width(x), top + 22)
      .stroke()
      .restore();
    drawLine(document, said, x, top + 19, { size: 9, leastSize: 7, maxWidth: width(x) });
    drawLine(document, label, x, top + 31, {
      ...{ size: 7.5, leastSize: 6, colour: colour.muted, maxWidth: width(x) },
    });
  }
  const stated =
    decision.state === 'pending'
      ? message('report.signature-line.none')
      : message('report.signature-line.signed', {
          state: decision.state === 'accepted' ? 'accepted' : 'other',
        });
  const tint = decision.state === 'accepted' ? colour.muted : colour.warning;
  drawLine(document, words.say(stated), page.left, top + 41, {
    ...{ size: 7.5, leastSize: 6, colour: tint, maxWidth: contentWidth },
  });
  flow.y = top + signatureHeight + 8;
}
