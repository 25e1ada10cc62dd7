/** The column all sections share, in points, as it lies on A4; on other paper it is moved to the middle. */
export const page = { width: 595.28, left: 36, right: 559.28 } as const;

/** Papers in points. */
export const papers = {
  a4: { width: 595.28, height: 841.89 },
  letter: { width: 612, height: 792 },
} as const;

/** Under it stands nothing but what every page says. */
export const bottomOf = (document: PDFKit.PDFDocument): number => document.page.height - 56;

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
