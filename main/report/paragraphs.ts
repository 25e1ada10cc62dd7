import { contentWidth, page } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import { drawLine, isRightToLeft, type LineStyle, wrapped } from './text-line.ts';

/** Of one paragraph: as many as the longest text takes. */
const mostLines = 400;

/** Text that somebody wrote, paragraph by paragraph and none of it cut, over as many pages as it takes. */
export function drawParagraphs(
  document: PDFKit.PDFDocument,
  text: string,
  style: LineStyle,
  lineHeight: number,
  flow: ReportFlow,
): void {
  for (const paragraph of text.split('\n')) {
    const toRight = isRightToLeft(paragraph);
    for (const line of wrapped(document, paragraph, contentWidth, mostLines, style)) {
      flow.next(lineHeight);
      drawLine(document, line, toRight ? page.right : page.left, flow.y, {
        ...style,
        align: toRight ? 'right' : 'left',
      });
      flow.y += lineHeight;
    }
  }
}
