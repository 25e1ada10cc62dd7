import { isGoing } from '../../core/api/events.ts';
import { restedOn } from '../../core/assessment/rested-on.ts';
import type { Finding } from '../../core/finding/finding.ts';
import { gathered, type GatheredFinding } from '../../core/finding/gathered.ts';
import { shortWords } from '../../core/finding/short-words.ts';
import { byWeight, type PlacedFinding } from '../../core/finding/weight.ts';
import { priors } from '../prior/priors.svelte.ts';
import { lastingFindings } from '../state/provisional.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';

/** A finding as a reader sees it. */
export interface ListedFinding extends GatheredFinding {
  /** At most eight words. */
  readonly short: string;
  /** Of the line: the same while its clips and its kind are, whatever its numbers become. */
  readonly key: string;
}

/**
 * Findings of the study, of the clips that its numbers rest on and of those on screen, and what changed since the prior,
 * by their effect on EF.
 */
export function listedFindings(study: OpenStudy): readonly ListedFinding[] {
  const { measured, measuring, runs } = study;
  const uids = [...new Set([...measured.used, ...workspace.detailed])];
  const restingOn = measured.measurements.flatMap(({ sources }) => sources.map((one) => one.sopInstanceUid));
  const saidOfClips = restingOn.every((uid) => uids.includes(uid));
  const ofStudy = lastingFindings(measured.findings, measuring)
    // Said of the clips themselves, where these are listed.
    .filter(({ code }) => code !== 'view-recognised' || !saidOfClips)
    .map((finding) => placed(finding));
  const ofClips = uids.flatMap((uid) =>
    lastingFindings(measured.clips[uid]?.findings ?? [], isGoing(runs[uid])).map((finding) =>
      placed(finding, uid),
    ),
  );
  const againstPrior = study === workspace.study ? priors.findings.map((finding) => placed(finding)) : [];
  return gathered([...ofStudy, ...ofClips, ...againstPrior])
    .toSorted(byWeight(restedOn(measured)))
    .map(listed);
}

const placed = (finding: Finding, ...clips: readonly string[]): PlacedFinding => ({ finding, clips });

function listed(line: GatheredFinding): ListedFinding {
  const short = say(shortWords(line.finding));
  return { ...line, short, key: `${line.finding.severity} ${short} ${line.clips.join(' ')}` };
}
