import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unpackWoff } from './woff.ts';

export type Weight = 'regular' | 'bold';

/** Which of the Chinese, Japanese and Korean forms a Han character gets. */
export type HanForm = 'jp' | 'kr' | 'sc';

interface Subset {
  readonly file: (weight: Weight) => string;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

const require = createRequire(import.meta.url);
const weights: Readonly<Record<Weight, number>> = { regular: 400, bold: 700 };
const subsetsOf = new Map<string, readonly Subset[]>();
const unpackedFonts = new Map<string, Buffer>();
const registered = new WeakMap<PDFKit.PDFDocument, Set<string>>();

/**
 * The embedded font file (WOFF) that draws all of `text`, normally one character with its marks: Noto Sans, then its
 * Arabic, Hebrew, Thai and Chinese/Japanese/Korean companions. null when none has it.
 */
export function fontFileFor(text: string, weight: Weight, han: HanForm): string | null {
  const codePoints = [...text].map((character) => character.codePointAt(0)!);
  for (const family of families(han)) {
    for (const subset of subsets(family)) {
      if (codePoints.every((codePoint) => covers(subset, codePoint))) return subset.file(weight);
    }
  }
  return null;
}

/** The font of plain Latin text. */
export function latinFontFile(weight: Weight): string {
  return fontFileFor('A', weight, 'sc')!;
}

/** Selects one of these font files in a document. */
export function selectFont(document: PDFKit.PDFDocument, file: string): void {
  let unpacked = unpackedFonts.get(file);
  if (unpacked === undefined) {
    unpacked = unpackWoff(readFileSync(file));
    unpackedFonts.set(file, unpacked);
  }
  let known = registered.get(document);
  if (known === undefined) registered.set(document, (known = new Set()));
  if (!known.has(file)) {
    document.registerFont(file, unpacked);
    known.add(file);
  }
  document.font(file);
}

/** Han characters follow the language of the text around them: kana means Japanese, Hangul Korean. */
export function hanFormOf(text: string): HanForm {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'jp';
  if (/\p{Script=Hangul}/u.test(text)) return 'kr';
  return 'sc';
}

function families(han: HanForm): string[] {
  const cjk = [han, ...(['sc', 'jp', 'kr'] as const).filter((form) => form !== han)];
  return ['', '-arabic', '-hebrew', '-thai', ...cjk.map((form) => `-${form}`)].map(
    (suffix) => `noto-sans${suffix}`,
  );
}

/** The subsets a Fontsource package is cut into, with the code points that each covers. */
function subsets(family: string): readonly Subset[] {
  let known = subsetsOf.get(family);
  if (known === undefined) {
    const folder = dirname(require.resolve(`@fontsource/${family}/package.json`));
    const listed = JSON.parse(readFileSync(join(folder, 'unicode.json'), 'utf8')) as Record<string, string>;
    known = Object.entries(listed).map(([key, ranges]) => {
      const name = key.replace(/[[\]]/g, '');
      return {
        file: (weight: Weight) => join(folder, 'files', `${family}-${name}-${weights[weight]}-normal.woff`),
        ranges: ranges.split(',').map(parseRange),
      };
    });
    // Plain Latin first, so that digits and signs of mixed lines come from one font.
    known = [...known].sort((a, b) => Number(covers(b, 0x41)) - Number(covers(a, 0x41)));
    subsetsOf.set(family, known);
  }
  return known;
}

function parseRange(text: string): readonly [number, number] {
  const [from, to] = text.trim().replace(/^U\+/i, '').split('-');
  const start = Number.parseInt(from!, 16);
  return [start, to === undefined ? start : Number.parseInt(to, 16)];
}

function covers(subset: Subset, codePoint: number): boolean {
  return subset.ranges.some(([from, to]) => codePoint >= from && codePoint <= to);
}
