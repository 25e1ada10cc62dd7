import type { ListedStudy } from '../../core/api/study-summary.ts';
import { inEnglish } from '../../core/language/english.ts';
import { message } from '../../core/language/message.ts';
import { decisionWords } from '../words/decision-words.ts';
import { language } from '../words/language.svelte.ts';
import { dateText } from '../words/measurement-words.ts';
import { ejectionWords, flagWords, rowViews, statusWords } from '../words/row-words.ts';

/** Without case and accents, so that "Muller" finds "MÜLLER". */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

/** What a row can be found by; a row that changes is another object, and so is a language. */
const known = new WeakMap<ListedStudy, { readonly tongue: unknown; readonly text: string }>();

function textOf(study: ListedStudy): string {
  const tongue = language.current;
  const before = known.get(study);
  if (before?.tongue === tongue) return before.text;
  const text = plain(
    [
      study.patientName,
      study.patientId,
      study.studyDate ?? '',
      study.studyDate?.replaceAll('-', '') ?? '',
      dateText(study.studyDate),
      study.description ?? '',
      study.decision,
      decisionWords(study.decision),
      statusWords(study.status),
      inEnglish.say(message(`worklist.status.${study.status}`)),
      ejectionWords(study),
      flagWords(study),
      study.result?.reader ?? '',
      ...(study.result?.views ?? []),
      ...rowViews(study),
      study.searchText ?? '',
    ].join('\n'),
  );
  known.set(study, { tongue, text });
  return text;
}

/** Studies in which every word is found, in whatever the list shows of them: "2 jan 2026", "doe accepted". */
export function matchingStudies(studies: readonly ListedStudy[], search: string): readonly ListedStudy[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return studies;
  return studies.filter((study) => {
    // What cannot be read may be what is looked for.
    if (study.problem !== undefined) return true;
    const text = textOf(study);
    return words.every((word) => text.includes(word));
  });
}
