/** A4 in points, and the column all sections share. */
export const page = { width: 595.28, height: 841.89, left: 36, right: 559.28 } as const;
export const contentWidth = page.right - page.left;

export const colour = {
  ink: '#111111',
  muted: '#555555',
  rule: '#b5b5b5',
  hatch: '#9a9a9a',
  contour: '#ffd400',
  hinge: '#00d5ff',
  wall: '#9be04f',
  atrium: '#d2a8ff',
  mark: '#ffb561',
  ofOthers: '#e8e8e8',
  warning: '#8a4b00',
  refusal: '#a30000',
  accepted: '#0b6b2b',
} as const;

/** A thin line across the column. */
export function rule(
  document: PDFKit.PDFDocument,
  y: number,
  from = page.left as number,
  to = page.right as number,
) {
  document.save().lineWidth(0.5).strokeColor(colour.rule).moveTo(from, y).lineTo(to, y).stroke().restore();
}
