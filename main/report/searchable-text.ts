/** The parts of pdfkit's embedded font that are used here; pdfkit does not publish them. */
interface EmbeddedFont {
  layout(
    text: string,
    features?: unknown,
  ): {
    glyphs: { readonly id: number; readonly advanceWidth: number; readonly codePoints: readonly number[] }[];
    positions: unknown[];
  };
  encode(text: string, features?: unknown): [string[], unknown[]];
  readonly subset: { readonly glyphs: number[] };
  readonly widths: (number | undefined)[];
  readonly unicode: (readonly number[] | undefined)[];
  readonly scale: number;
  /** The font of fontkit beneath, with its cache of glyphs by number. */
  readonly font: {
    getGlyph(id: number, codePoints?: readonly number[]): unknown;
    readonly _glyphs: Record<number, unknown>;
  };
}

const prepared = new WeakSet<EmbeddedFont>();

/**
 * Makes the document's current font give every letter a code of its own. Arabic letters that differ in their dots
 * share a glyph, and pdfkit writes one letter per glyph into the table that search and copying use, so that one
 * name would be found under another.
 */
export function keepLettersApart(document: PDFKit.PDFDocument): void {
  const font = (document as unknown as { _font: EmbeddedFont })._font;
  if (prepared.has(font)) return;
  prepared.add(font);
  // The cache would hand out a glyph with the letter that it was first used for.
  const file = font.font;
  const getGlyph = file.getGlyph.bind(file);
  file.getGlyph = (id, codePoints) => {
    delete file._glyphs[id];
    return getGlyph(id, codePoints);
  };
  const codes = new Map<string, number>();
  font.encode = (text, features) => {
    const { glyphs, positions } = font.layout(text, features);
    const encoded = glyphs.map((glyph) => {
      const key = `${glyph.id}:${glyph.codePoints.join()}`;
      let code = codes.get(key);
      if (code === undefined) {
        code = font.subset.glyphs.push(glyph.id) - 1;
        codes.set(key, code);
        font.widths[code] = glyph.advanceWidth * font.scale;
        font.unicode[code] = glyph.codePoints;
      }
      return code.toString(16).padStart(4, '0');
    });
    return [encoded, positions];
  };
}
