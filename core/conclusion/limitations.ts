import { byEffect, effectOf } from '../finding/effect.ts';
import type { Finding } from '../finding/finding.ts';
import { shortWords } from '../finding/short-words.ts';
import { inEnglish } from '../language/english.ts';
import { message, type Message } from '../language/message.ts';
import { listed } from '../wording/listed.ts';
import { viewNamed } from '../wording/view.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';
import { reasonText, verdictOf } from './verdict.ts';

/** More are counted: the report has all of them. */
const mostNamed = 4;

const graded = ['EF', 'EDVI', 'EDV', 'ESVI', 'ESV', 'LAVI max'] as const;

/** Why numbers that there are limits for were not graded, each reason once. */
export function notGradedSentences(input: ConclusionInput): Message[] {
  const reasons = new Set(
    graded.flatMap((name) => {
      const number = numberOf(input, name);
      const verdict = number && verdictOf(input, number);
      return verdict && verdict.reason !== null ? [verdict.reason] : [];
    }),
  );
  return [...reasons].map((reason) => message('conclusion.not-graded', { reason: reasonText(reason) }));
}

/** What may make the numbers wrong: findings of the study and of the clips that they rest on, gravest first. */
export function limitationSentence({ measured }: ConclusionInput): Message | null {
  const { used, clips, findings } = measured;
  if (used.length === 0) return null;
  const said = new Map<string, { finding: Finding; words: Message; views: Message[] }>();
  const add = (finding: Finding, view: Message | null): void => {
    if (effectOf(finding) === 'record') return;
    const words = shortWords(finding);
    const known = said.get(inEnglish.say(words));
    const views = view === null ? [] : [view];
    if (known === undefined) said.set(inEnglish.say(words), { finding, words, views });
    else known.views.push(...views);
  };
  // That views are not confirmed is said of the clips.
  for (const finding of findings) if (finding.code !== 'view-recognised') add(finding, null);
  for (const uid of used) {
    const clip = clips[uid];
    for (const finding of clip?.findings ?? []) add(finding, viewNamed(clip!.view.code));
  }
  const ordered = [...said.values()].toSorted((a, b) => byEffect(a.finding, b.finding));
  const named = ordered.slice(0, mostNamed).map(({ words, views }) => {
    const [view, ...others] = new Map(views.map((each) => [inEnglish.say(each), each])).values();
    return view === undefined
      ? words
      : message('conclusion.limit.of-clips', { words, clips: listed([view, ...others]) });
  });
  const [first, ...others] = named;
  if (first === undefined) return null;
  return message('conclusion.limits', {
    limits: listed([first, ...others], 'list.semicolon'),
    more: ordered.length - named.length,
  });
}
