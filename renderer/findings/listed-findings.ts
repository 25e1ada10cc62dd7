import { isGoing } from '../../core/api/events.ts';
import { restedOn } from '../../core/assessment/rested-on.ts';
import type { Finding } from '../../core/finding/finding.ts';
import { shortWords } from '../../core/finding/short-words.ts';
import { byWeight } from '../../core/finding/weight.ts';
import { lastingFindings } from '../state/provisional.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';

/** A finding as a reader sees it. */
export interface ListedFinding {
  /** Clips that it is about; none for the study's own. */
  readonly clips: readonly string[];
  readonly finding: Finding;
  /** At most eight words. */
  readonly short: string;
  /** What it means and what can be done. */
  readonly message: string;
  /** Of the line: the same while its clip and its kind are, whatever its numbers become. */
  readonly key: string;
}

/**
 * Findings of the study, of the clips that its numbers rest on and of those on screen, by their effect on EF; the same
 * words only once.
 */
export function listedFindings(study: OpenStudy): readonly ListedFinding[] {
  const { measured, measuring, runs } = study;
  const uids = [...new Set([...measured.used, ...workspace.shown])];
  const recognised = Object.keys(measured.clips).filter(
    (uid) => measured.clips[uid]?.view.source === 'recognised',
  );
  const all = lastingFindings(measured.findings, measuring)
    // Said of the clips themselves, where these are listed.
    .filter(({ code }) => code !== 'view-recognised' || !recognised.every((uid) => uids.includes(uid)))
    .map((finding) => listed(finding, []));
  for (const uid of uids) {
    for (const finding of lastingFindings(measured.clips[uid]?.findings ?? [], isGoing(runs[uid]))) {
      const found = listed(finding, [uid]);
      const same = all.findIndex(({ message }) => message === found.message);
      const before = all[same];
      if (before === undefined) all.push(found);
      else all[same] = joined(before, uid, finding);
    }
  }
  return told(all.toSorted(byWeight(restedOn(measured))));
}

/** Two of a kind, as of ED and ES, are lines of their own. */
function told(all: readonly ListedFinding[]): ListedFinding[] {
  const seen = new Map<string, number>();
  return all.map((one) => {
    const count = (seen.get(one.key) ?? 0) + 1;
    seen.set(one.key, count);
    return count === 1 ? one : { ...one, key: `${one.key} ${count}` };
  });
}

function listed(finding: Finding, clips: readonly string[]): ListedFinding {
  const short = say(shortWords(finding));
  const key = `${finding.severity} ${short} ${clips.join(' ')}`;
  return { clips, finding, short, message: say(finding.message), key };
}

const joined = (before: ListedFinding, uid: string, { sources }: Finding): ListedFinding => ({
  ...before,
  clips: [...before.clips, uid],
  finding: { ...before.finding, sources: [...before.finding.sources, ...sources] },
});
