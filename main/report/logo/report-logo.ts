/** A house's own picture, judged and ready to be drawn; its size in units of its own. */
export interface ReportLogo {
  readonly width: number;
  readonly height: number;
  /** Draws it with its top left corner at x, y, in points. */
  draw(
    document: PDFKit.PDFDocument,
    place: { readonly x: number; readonly y: number; readonly scale: number },
  ): void;
}
