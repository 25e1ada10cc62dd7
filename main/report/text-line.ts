import bidiFactory, { type Bidi } from 'bidi-js';
import { fontFileFor, type HanForm, hanFormOf, latinFontFile, selectFont, type Weight } from './fonts.ts';
import { keepLettersApart } from './searchable-text.ts';

// The package's types describe its ES module while Node loads the CommonJS one.
const bidi = (bidiFactory as unknown as () => Bidi)();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Characters of a name or a label, and of a paragraph that somebody wrote. */
const mostNamed = 1000;
const mostWritten = 5000;

/** Drawn for a character that no embedded font has. */
const missingGlyph = '\u{25A1}';

/** Where text is drawn, in points from the top left of the page. */
export interface LineStyle {
  readonly size: number;
  readonly weight?: Weight;
  readonly colour?: string;
  /** Longer text is cut and ends in an ellipsis. */
  readonly maxWidth?: number;
  /** Down to this size text is made smaller before it is cut. */
  readonly leastSize?: number;
  readonly align?: 'left' | 'right' | 'centre';
  /** Overrides the language that Han characters are taken to be in. */
  readonly han?: HanForm;
}

/** A piece of one line in one font and one direction. */
interface Piece {
  readonly text: string;
  readonly font: string;
  readonly level: number;
}

/**
 * Draws one line with `x` at its left, right end or centre and `baseline` as the height of its base line, in any
 * script. Returns the width in points.
 */
export function drawLine(
  document: PDFKit.PDFDocument,
  text: string,
  x: number,
  baseline: number,
  wanted: LineStyle,
): number {
  const style = { ...wanted, size: sizeOf(document, text, wanted) };
  const fitted = style.maxWidth === undefined ? clean(text) : fit(document, clean(text), style);
  const line = pieces(fitted, style);
  const widths = line.map((piece) => widthOf(document, piece, style.size));
  const width = widths.reduce((sum, each) => sum + each, 0);
  let at = x;
  if (style.align === 'right') at -= width;
  if (style.align === 'centre') at -= width / 2;
  document.fillColor(style.colour ?? '#111111');
  line.forEach((piece, index) => {
    select(document, piece.font, style.size).text(piece.text, at, baseline, {
      lineBreak: false,
      baseline: 'alphabetic',
    });
    at += widths[index]!;
  });
  return width;
}

/** Width of one line in points, as it is without a limit. */
export function lineWidth(document: PDFKit.PDFDocument, text: string, style: LineStyle): number {
  return pieces(clean(text), style).reduce((sum, piece) => sum + widthOf(document, piece, style.size), 0);
}

/** The size at which text fits its width, as far as it may be made smaller. */
function sizeOf(document: PDFKit.PDFDocument, text: string, style: LineStyle): number {
  const { size, maxWidth, leastSize = size } = style;
  const width = lineWidth(document, text, style);
  if (maxWidth === undefined || width <= maxWidth) return size;
  return Math.max(leastSize, Math.floor((10 * size * maxWidth) / width) / 10);
}

/** Scripts that are written without spaces: a line may end between their words, or between any two of their letters. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** Text in pieces between which a line may end, each with the space behind it. */
function breakable(text: string): string[] {
  const result: string[] = [];
  for (const word of text.split(/(?<= )/u)) {
    if (!unspaced.test(word)) {
      result.push(word);
      continue;
    }
    let start = true;
    for (const { segment, isWordLike } of segmenter.segment(word)) {
      // Punctuation stays with what is before it.
      if (start || isWordLike === true) result.push(segment);
      else result.push(`${result.pop() ?? ''}${segment}`);
      start = false;
    }
  }
  return result;
}

/**
 * Breaks text into at most `maxLines` lines: at spaces, in scripts without spaces between words. The last line ends in an
 * ellipsis when there is more.
 */
export function wrapped(
  document: PDFKit.PDFDocument,
  text: string,
  maxWidth: number,
  maxLines: number,
  style: LineStyle,
): string[] {
  const lines: string[] = [];
  let line = '';
  const words = breakable(clean(text, mostWritten)).flatMap((word) =>
    fitting(document, word, maxWidth, style),
  );
  for (const word of words) {
    if (line !== '' && lineWidth(document, `${line}${word}`.trimEnd(), style) > maxWidth) {
      lines.push(line.trimEnd());
      line = word;
    } else line += word;
  }
  lines.push(line.trimEnd());
  if (lines.length <= maxLines) return lines.map((each) => fit(document, each, { ...style, maxWidth }));
  const last = fit(document, `${lines[maxLines - 1]!} ${lines[maxLines]!}`, { ...style, maxWidth });
  return [...lines.slice(0, maxLines - 1), last];
}

/** A word in pieces that a line holds: what is longer than a line is broken and never cut. */
function fitting(document: PDFKit.PDFDocument, word: string, maxWidth: number, style: LineStyle): string[] {
  if (lineWidth(document, word.trimEnd(), style) <= maxWidth) return [word];
  const parts: string[] = [];
  let part = '';
  for (const { segment } of graphemes.segment(word)) {
    if (part !== '' && lineWidth(document, `${part}${segment}`.trimEnd(), style) > maxWidth) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return [...parts, part];
}

function fit(document: PDFKit.PDFDocument, text: string, style: LineStyle): string {
  const maxWidth = style.maxWidth ?? Number.POSITIVE_INFINITY;
  if (lineWidth(document, text, style) <= maxWidth) return text;
  const letters = [...graphemes.segment(text)].map(({ segment }) => segment);
  let low = 0;
  let high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const width = lineWidth(document, `${letters.slice(0, middle).join('')}…`, style);
    if (width <= maxWidth) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join('').trimEnd()}…`;
}

/** One line: control and direction-override characters of a hostile name are not obeyed. */
function clean(text: string, mostCharacters = mostNamed): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, ' ')
    .slice(0, mostCharacters)
    .trim();
}

/** Whether a paragraph begins at the right (Unicode Bidirectional Algorithm, rules P2 and P3). */
export function isRightToLeft(text: string): boolean {
  return (bidi.getEmbeddingLevels(clean(text, mostWritten)).paragraphs[0]?.level ?? 0) % 2 === 1;
}

/** The pieces of a line from left to right (Unicode Bidirectional Algorithm, rule L2). */
function pieces(text: string, style: LineStyle): Piece[] {
  const { levels } = bidi.getEmbeddingLevels(text);
  const mirrored = bidi.getMirroredCharactersMap(text, levels);
  const weight = style.weight ?? 'regular';
  const han = style.han ?? hanFormOf(text);
  const result: { text: string; font: string; level: number }[] = [];
  for (const { segment, index } of graphemes.segment(text)) {
    // Invisible format characters have done their work in the levels.
    if (/^\p{Cf}+$/u.test(segment)) continue;
    const level = levels[index] ?? 0;
    const shown = mirrored.get(index) ?? segment;
    const found = fontFileFor(shown, weight, han) ?? fontFileFor([...shown][0]!, weight, han);
    const font = found ?? fontFileFor(missingGlyph, weight, han) ?? latinFontFile(weight);
    const letter = found === null ? missingGlyph : shown;
    const last = result.at(-1);
    const rightToLeft = level % 2 === 1;
    // Words of right-to-left text stand alone, because pdfkit sets the words of a run from left to right.
    const joins = !(rightToLeft && (letter === ' ' || last?.text === ' '));
    if (last !== undefined && last.font === font && last.level === level && joins) last.text += letter;
    else result.push({ text: letter, font, level });
  }
  return reordered(result);
}

function reordered(line: Piece[]): Piece[] {
  const visual = [...line];
  const highest = Math.max(0, ...visual.map((piece) => piece.level));
  for (let level = highest; level >= 1; level -= 1) {
    let from = 0;
    while (from < visual.length) {
      if (visual[from]!.level < level) {
        from += 1;
        continue;
      }
      let to = from;
      while (to < visual.length && visual[to]!.level >= level) to += 1;
      visual.splice(from, to - from, ...visual.slice(from, to).reverse());
      from = to;
    }
  }
  return visual;
}

function widthOf(document: PDFKit.PDFDocument, piece: Piece, size: number): number {
  return select(document, piece.font, size).widthOfString(piece.text);
}

function select(document: PDFKit.PDFDocument, font: string, size: number): PDFKit.PDFDocument {
  selectFont(document, font);
  document.fontSize(size);
  keepLettersApart(document);
  return document;
}
