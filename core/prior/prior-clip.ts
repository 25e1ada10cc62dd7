import type { ClipFacts, ClipStage } from '../clip/clip.ts';
import { foldedProtocolName, restingStage, sameStage, studyStages } from '../clip/stage.ts';
import type { ViewCode } from '../clip/view.ts';
import { clipView } from '../measurement/untraceable.ts';
import { initialClipReview } from '../review/initial.ts';
import type { StudyReview } from '../review/review.ts';

/** A clip of a study as far as one has to know to put it beside a clip of another. */
export interface PriorClip {
  readonly sopInstanceUid: string;
  readonly view: ViewCode;
  /** What its file calls a view that is no apical one, or that nobody named; null where it says nothing. */
  readonly viewName: string | null;
  readonly stage: ClipStage | null;
  /** Of the stage at rest, or of a study without stages. */
  readonly atRest: boolean;
  /** The study's numbers rest on it. */
  readonly isUsed: boolean;
}

/** The clips of a study that can be put beside another's: loops of B-mode pictures, those first that its numbers rest on. */
export function priorClips(
  clips: readonly ClipFacts[],
  review: Pick<StudyReview, 'clips'>,
  used: readonly string[],
): PriorClip[] {
  const stages = studyStages(clips);
  const resting = restingStage(stages)?.stage ?? null;
  const placed = clips
    .filter(({ bMode, frames }) => bMode && frames > 1)
    .map((facts): PriorClip => {
      const { sopInstanceUid } = facts;
      const stage = stages.find(({ clips: members }) => members.includes(sopInstanceUid))?.stage ?? null;
      const view = clipView(facts, review.clips[sopInstanceUid] ?? initialClipReview(facts));
      return {
        sopInstanceUid,
        view: view.code,
        viewName: apical.includes(view.code) ? null : foldedProtocolName(facts.viewName ?? '') || null,
        stage,
        atRest: stages.length === 0 || (stage !== null && sameStage(stage, resting)),
        isUsed: used.includes(sopInstanceUid),
      };
    });
  return [...placed.filter(({ isUsed }) => isUsed), ...placed.filter(({ isUsed }) => !isUsed)];
}

/**
 * The clip of a prior that shows what a clip of today's study shows: of the same view and stage, and where there are
 * several, the one that stands where today's does among its own. null where there is none, and for clips whose view
 * nobody knows: two pictures of different cuts beside each other compare nothing.
 */
export function priorClipOf(
  clips: readonly PriorClip[],
  today: PriorClip,
  ofToday: readonly PriorClip[],
): PriorClip | null {
  const view = viewKey(today);
  if (view === null) return null;
  const alike = clips.filter((clip) => viewKey(clip) === view);
  const staged = alike.filter(({ stage }) => stage !== null && sameStage(stage, today.stage));
  const counterparts = staged.length > 0 || !today.atRest ? staged : alike.filter(({ atRest }) => atRest);
  const place = ofToday
    .filter((clip) => viewKey(clip) === view && sameStage(clip.stage, today.stage))
    .findIndex(({ sopInstanceUid }) => sopInstanceUid === today.sopInstanceUid);
  // Of a view that has a name any loop shows the same cut; of those that are merely no apical ones only its like in turn.
  return counterparts[place] ?? (view === 'other' ? null : (counterparts.at(-1) ?? null));
}

const apical: readonly ViewCode[] = ['a4c', 'a2c', 'a3c'];

/** What two clips of one view have in common; null where nobody knows the view. */
function viewKey({ view, viewName }: PriorClip): string | null {
  if (apical.includes(view)) return view;
  if (viewName !== null) return `named ${viewName}`;
  return view === 'unknown' ? null : view;
}
