import { colour } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, lineWidth, wrapped } from './text-line.ts';

const leastSize = 6.5;
const mostLines = 4;

/**
 * What every page says of its use: never shortened, in a language of long words smaller and then in several lines, the last
 * of them on the base line. Returns the width in points.
 */
export function drawNotice(
  document: PDFKit.PDFDocument,
  { words }: Pick<ReportInput, 'words'>,
  x: number,
  baseline: number,
  place: { readonly size: number; readonly align: 'right' | 'centre'; readonly maxWidth: number },
): number {
  const notice = words.say('notice.research-use');
  const { align, maxWidth } = place;
  const style = { weight: 'bold', align, colour: colour.refusal } as const;
  const atMost = (size: number) => lineWidth(document, notice, { ...style, size }) <= maxWidth;
  let { size } = place;
  while (size > leastSize && !atMost(size)) size = Math.max(leastSize, size - 0.25);
  const lines = wrapped(document, notice, maxWidth, mostLines, { ...style, size });
  const widths = lines.map((line, index) =>
    drawLine(document, line, x, baseline - (lines.length - 1 - index) * (size + 1), { ...style, size }),
  );
  return Math.max(...widths);
}
