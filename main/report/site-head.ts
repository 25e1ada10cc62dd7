import { colour, page, rule } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';

const logoRoom = { width: 110, height: 36 } as const;
const gap = 10;
const lineHeight = 9.5;
const top = 30;
const most = 6;

/** The house that the report is of: its logo, name and address; nothing where neither is known. Returns where the page goes on. */
export function drawSiteHead(
  document: PDFKit.PDFDocument,
  { settings, template, logo }: ReportInput,
): number {
  const lines = template.site ?? [
    ...(settings.organisation === '' ? [] : [settings.organisation]),
    ...settings.siteAddress.split('\n').filter((line) => line.trim() !== ''),
  ];
  if (lines.length === 0 && logo === null) return top;
  let left: number = page.left;
  let height = 0;
  if (logo !== null) {
    const scale = Math.min(logoRoom.width / logo.width, logoRoom.height / logo.height);
    logo.draw(document, { x: left, y: top - 8, scale });
    left += logo.width * scale + gap;
    height = logo.height * scale;
  }
  const shown = lines.slice(0, most);
  shown.forEach((line, index) =>
    drawLine(document, line, left, top + index * lineHeight, {
      ...(index === 0
        ? ({ size: 9.5, weight: 'bold' } as const)
        : ({ size: 7.5, colour: colour.muted } as const)),
      maxWidth: page.right - left,
    }),
  );
  const end = top - 8 + Math.max(height, shown.length * lineHeight) + 5;
  rule(document, end);
  return end + 12;
}
