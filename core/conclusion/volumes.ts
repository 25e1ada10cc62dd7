import { message, type Message } from '../language/message.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';
import { verdictOf, verdictText } from './verdict.ts';

/**
 * EDV and ESV in millilitres, by body surface where that is known: ASE/EACVI 2015 (section 1.2) wants volumes of the
 * ventricle reported indexed. Without a scale it says that there are none.
 */
export function volumeSentences(input: ConclusionInput): Message[] {
  if (numberOf(input, 'EF') === undefined) return [];
  if (numberOf(input, 'EDV') === undefined) return [message('conclusion.no-volumes')];
  return (['EDV', 'ESV'] as const).flatMap((name) => {
    const volume = numberOf(input, name);
    if (volume === undefined) return [];
    const index = numberOf(input, `${name}I`);
    const said = { name: name === 'EDV' ? 'EDV' : 'other', value: volume.value } as const;
    const verdict = verdictOf(input, index ?? volume);
    const grade = verdict?.grade ? verdictText(verdict.grade, 'volume') : null;
    if (index === undefined) {
      return grade === null
        ? message('conclusion.volume', said)
        : message('conclusion.volume.graded', { ...said, grade });
    }
    const indexed = { ...said, index: index.value };
    return grade === null
      ? message('conclusion.volume.indexed', indexed)
      : message('conclusion.volume.indexed.graded', { ...indexed, grade });
  });
}
