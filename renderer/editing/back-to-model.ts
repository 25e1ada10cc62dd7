import { message } from '../../core/language/message.ts';
import { backToModel, hasFound } from '../../core/review/model-contour.ts';
import type { Revision } from '../../core/review/review.ts';
import { tracedStructures } from '../../core/review/traces.ts';
import { leftVentricularCavity, type StructureId } from '../../core/structure/structure.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { reasonOf } from '../api/client.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';

/** Structures of a frame that a person has changed and a run has written. */
function changedOnFrame(study: OpenStudy, sopInstanceUid: string, frame: number): StructureId[] {
  // A contour that was deleted leaves nothing on the frame; of the ventricle it can still come back.
  const structures = new Set([
    leftVentricularCavity,
    ...tracedStructures(study.clipReview(sopInstanceUid), frame),
  ]);
  return [...structures].filter((structure) => {
    const place = { sopInstanceUid, structure, frame };
    const source = study.traceAt(place)?.source.kind;
    if (source === 'model') return false;
    const found = hasFound(study.history, place);
    return found !== undefined && (source !== undefined || found);
  });
}

/** Whether a person has changed a contour of a frame that a run has written. */
export function hasModelContour(study: OpenStudy, sopInstanceUid: string, frame: number): boolean {
  return changedOnFrame(study, sopInstanceUid, frame).length > 0;
}

/** The contours of one frame are what the model made of them again; one step of history. */
export async function frameBackToModel(
  study: OpenStudy,
  sopInstanceUid: string,
  frame: number,
): Promise<void> {
  const places = changedOnFrame(study, sopInstanceUid, frame).map((structure) => ({ structure, frame }));
  if (places.length === 0) {
    report('information', message('edit.frame-is-the-models'));
    return;
  }
  const runs = await runsOver(study, sopInstanceUid);
  if (runs === null) return;
  study.commit(say('edit.back-to-model', { frame: frameNumber(frame) }), (persisted) => {
    const clip = persisted.clips[sopInstanceUid];
    return clip ? backToModel(runs, sopInstanceUid, clip, places) : [];
  });
}

/** All contours of a clip that a person changed are the model's again; one step of history. */
async function clipBackToModel(study: OpenStudy, sopInstanceUid: string): Promise<void> {
  const runs = await runsOver(study, sopInstanceUid);
  if (runs === null) return;
  const clip = study.clipReview(sopInstanceUid);
  const changes = clip ? backToModel(runs, sopInstanceUid, clip) : [];
  const count = new Set(changes.map((change) => change.slot === 'trace' && change.frame)).size;
  if (count === 0) {
    report('information', message('edit.clip-is-the-models'));
    return;
  }
  study.commit(say('edit.back-to-model.frames', { count }), (persisted) => {
    const now = persisted.clips[sopInstanceUid];
    return now ? backToModel(runs, sopInstanceUid, now) : [];
  });
}

/** The runs that hold the model's contours; null where they cannot be had, which is said. */
async function runsOver(study: OpenStudy, sopInstanceUid: string): Promise<Revision[] | null> {
  try {
    return await study.runsOver(sopInstanceUid);
  } catch (error) {
    report('warning', message('edit.no-model-contours', { reason: reasonOf(error) }));
    return null;
  }
}

/** For the picture that keys act on. */
export function activeBackToModel(what: 'frame' | 'clip'): void {
  const { study, active } = workspace;
  if (!study || !active) return;
  if (what === 'clip') void clipBackToModel(study, active.sopInstanceUid);
  else {
    const frame = chosenBeats.frameOf(active);
    if (frame !== null) void frameBackToModel(study, active.sopInstanceUid, frame);
  }
}
