import type { SaidView, ViewCode } from '../../core/clip/view.ts';
import type { Attributes } from './attributes.ts';

/** Apical views in CID 12226 "Echocardiography Image View", SNOMED CT and its old SRT (SNM3) codes. */
const codes = new Map<string, ViewCode>([
  ['SCT|399214001', 'a4c'],
  ['SCT|399232001', 'a2c'],
  ['SCT|399339008', 'a3c'],
  ['SRT|G-A19C', 'a4c'],
  ['SRT|G-A19B', 'a2c'],
  ['SRT|G-0395', 'a3c'],
]);

const unknown: SaidView = { code: 'unknown', source: 'none' };

/**
 * The echocardiographic view that a file states: by ViewCodeSequence (0054,0220), else by words in ViewName,
 * SeriesDescription, ImageType and ImageComments that leave no doubt. Words that name several views, like a protocol
 * name of the whole series, say nothing. The patient's name is never looked at.
 */
export function readView(attributes: Attributes): SaidView {
  const [item] = attributes.items('x00540220');
  if (item !== undefined) {
    const coded = codedView(item);
    if (coded !== null) return { code: coded, source: 'file' };
  }
  const texts = [
    attributes.text('x00082127', 'SH'),
    attributes.text('x0008103e', 'LO'),
    attributes.texts('x00080008').slice(2).join(' '),
    attributes.text('x00204000'),
  ];
  for (const text of texts) {
    const named = text === null ? null : namedView(text);
    if (named !== null) return { code: named, source: 'file' };
  }
  return unknown;
}

function codedView(item: Attributes): ViewCode | null {
  const value = item.text('x00080100', 'SH');
  const scheme = item.text('x00080102', 'SH');
  const meaning = item.text('x00080104', 'LO');
  if (value !== null) {
    const canonical = scheme === 'SNM3' || scheme === '99SDM' ? 'SRT' : (scheme ?? '');
    const code = codes.get(`${canonical}|${value}`);
    if (code !== undefined) return code;
  }
  const named = meaning === null ? null : namedView(meaning);
  if (named !== null) return named;
  return value === null && meaning === null ? null : 'other';
}

const patterns: readonly (readonly [ViewCode, RegExp])[] = [
  ['a4c', /\b(?:A4C|A4CH|AP4|AP4C|AP4CH|AP 4C?|APICAL (?:FOUR|4)(?:C|CH)?)\b/],
  ['a2c', /\b(?:A2C|A2CH|AP2|AP2C|AP2CH|AP 2C?|APICAL (?:TWO|2)(?:C|CH)?)\b/],
  [
    'a3c',
    /\b(?:A3C|A3CH|AP3|AP3C|AP3CH|AP 3C?|APICAL (?:THREE|3)(?:C|CH)?|APLAX|APICAL LONG AXIS|APICAL LAX)\b/,
  ],
  [
    'other',
    /\b(?:PLAX|PSAX|SAX|PS LAX|PS SAX|PARASTERNAL|SUBCOSTAL|SUBXIPHOID|SUPRASTERNAL|SHORT AXIS|A5C|AP5|APICAL (?:FIVE|5)|RVOT|RV INFLOW|TEE|TOE|M MODE|MMODE)\b/,
  ],
];

/** The one view that a text names, or null when it names none or several. */
function namedView(text: string): ViewCode | null {
  const words = text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, ' ')
    .trim();
  const found = patterns.filter(([, pattern]) => pattern.test(words)).map(([code]) => code);
  return found.length === 1 ? found[0]! : null;
}
