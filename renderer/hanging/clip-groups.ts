import type { ClipFacts, ClipStage } from '../../core/clip/clip.ts';
import { studyStages } from '../../core/clip/stage.ts';
import { viewsByWorth, type ViewCode } from '../../core/clip/view.ts';

/** Clips of the list under one heading. */
export interface ClipGroup {
  readonly heading:
    | { readonly kind: 'stage'; readonly stage: ClipStage | null }
    | { readonly kind: 'view'; readonly code: ViewCode }
    | { readonly kind: 'named-view'; readonly name: string }
    | null;
  readonly clips: readonly ClipFacts[];
}

/** A list shorter than this is seen whole without headings. */
const leastForHeadings = 4;

/**
 * Clips by stage, and in each by view; where files state no stage, by view. Only by what the files say: what a model or
 * a reader says of a view comes while the list is in use, and must not move a clip under the hand.
 */
export function clipGroups(clips: readonly ClipFacts[]): readonly ClipGroup[] {
  const byUid = new Map(clips.map((clip) => [clip.sopInstanceUid, clip]));
  const stages = studyStages(clips);
  if (stages.length > 0) {
    return stages.map(({ stage, clips: uids }) => ({
      heading: { kind: 'stage', stage },
      clips: inViewOrder(uids.flatMap((uid) => byUid.get(uid) ?? [])),
    }));
  }
  const views = new Map<string, ClipFacts[]>();
  for (const clip of inViewOrder(clips)) views.set(keyOf(clip), [...(views.get(keyOf(clip)) ?? []), clip]);
  if (clips.length < leastForHeadings || views.size < 2) return [{ heading: null, clips }];
  return [...views.values()].map((members) => ({ heading: headingOf(members[0]!), clips: members }));
}

function inViewOrder(clips: readonly ClipFacts[]): readonly ClipFacts[] {
  const names = [...new Set(clips.map(keyOf))];
  const place = (clip: ClipFacts): number =>
    clip.view.source === 'none'
      ? (clip.viewNumber ?? 0) / 1000 + (clip.viewName === null ? 200 : 100 + names.indexOf(keyOf(clip)))
      : viewsByWorth.indexOf(clip.view.code);
  return [...clips].sort((a, b) => place(a) - place(b));
}

const folded = (name: string): string => name.normalize('NFKC').trim().toUpperCase();

const keyOf = (clip: ClipFacts): string =>
  clip.view.source === 'none' && clip.viewName !== null ? `named ${folded(clip.viewName)}` : clip.view.code;

function headingOf(clip: ClipFacts): ClipGroup['heading'] {
  return clip.view.source === 'none' && clip.viewName !== null
    ? { kind: 'named-view', name: clip.viewName.trim() }
    : { kind: 'view', code: clip.view.code };
}

/** Clips in the order in which they are listed. */
export const listedClips = (clips: readonly ClipFacts[]): readonly ClipFacts[] =>
  clipGroups(clips).flatMap((group) => group.clips);
