import { reportTexts } from '../../../core/conclusion/report-texts.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { codes } from '../../dicom/write/codes.ts';
import { related, type RelatedItem, textItem } from '../../dicom/write/content-item.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { plainText } from './plain-text.ts';

/** Of the longest text of a report, and the word before it. */
const longest = 4200;

/**
 * The conclusion as text, with whose words it is: what a person wrote as they wrote it, what is proposed in English as the
 * rest of the report, what was signed as it was signed.
 */
export function conclusionItem({
  document: { facts, review },
  measurements: measured,
  prior,
}: Pick<ExportSnapshot, 'document' | 'measurements' | 'prior'>): RelatedItem[] {
  const { conclusion } = reportTexts({ facts, review, measured, prior }, inEnglish);
  const origin = conclusion.isWritten ? 'written by the reader' : 'proposed by rules from the numbers';
  const changed = conclusion.changed.length > 0 ? '; numbers have changed since it was written' : '';
  const text = plainText(conclusion.text, longest);
  const said = text === null ? null : plainText(`${text} (${origin}${changed})`, longest);
  return said === null ? [] : [related('CONTAINS', textItem(codes.conclusion, said))];
}
