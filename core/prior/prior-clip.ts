import type { ClipFacts, ClipStage } from '../clip/clip.ts';
import { restingStage, sameStage, studyStages } from '../clip/stage.ts';
import { isMeasurable, type ViewCode } from '../clip/view.ts';
import { clipView } from '../measurement/untraceable.ts';
import { initialClipReview } from '../review/initial.ts';
import type { StudyReview } from '../review/review.ts';

/** A clip of a study as far as one has to know to put it beside a clip of another. */
export interface PriorClip {
  readonly sopInstanceUid: string;
  readonly view: ViewCode;
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
        stage,
        atRest: stages.length === 0 || (stage !== null && sameStage(stage, resting)),
        isUsed: used.includes(sopInstanceUid),
      };
    });
  return [...placed.filter(({ isUsed }) => isUsed), ...placed.filter(({ isUsed }) => !isUsed)];
}

/**
 * The clip of a prior that shows what a clip of today's study shows: the same view and stage. null where there is none,
 * and for clips whose view nobody knows: two pictures of different cuts beside each other compare nothing.
 */
export function priorClipOf(
  clips: readonly PriorClip[],
  today: Pick<PriorClip, 'view' | 'stage' | 'atRest'>,
): PriorClip | null {
  if (today.view === 'unknown' || !isMeasurable({ code: today.view, source: 'none' })) return null;
  const alike = clips.filter(({ view }) => view === today.view);
  return (
    alike.find(({ stage }) => stage !== null && sameStage(stage, today.stage)) ??
    (today.atRest ? (alike.find(({ atRest }) => atRest) ?? null) : null)
  );
}
