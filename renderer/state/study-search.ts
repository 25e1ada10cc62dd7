import type { StudySummary } from '../../core/api/requests.ts';
import { dateText } from '../words/measurement-words.ts';
import { decisionWords } from '../words/decision-words.ts';

/** Without case and accents, so that "Muller" finds "MÜLLER". */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

const textOf = (study: StudySummary): string =>
  plain(
    [
      study.patientName,
      study.patientId,
      study.studyDate ?? '',
      study.studyDate?.replaceAll('-', '') ?? '',
      dateText(study.studyDate),
      study.description ?? '',
      study.decision,
      decisionWords(study.decision),
      study.searchText ?? '',
    ].join('\n'),
  );

/** Studies in which every word is found, in whatever the list shows of them: "2 jan 2026", "doe accepted". */
export function matchingStudies(studies: readonly StudySummary[], search: string): readonly StudySummary[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return studies;
  return studies.filter((study) => {
    // What cannot be read may be what is looked for.
    if (study.problem !== undefined) return true;
    const text = textOf(study);
    return words.every((word) => text.includes(word));
  });
}
