import { backToModel, modelContour } from '../../core/review/model-contour.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

/** Whether a person has changed the contour of a frame that a run has written. */
export function hasModelContour(study: OpenStudy, sopInstanceUid: string, frame: number): boolean {
  const source = study.traceAt(sopInstanceUid, frame)?.source.kind;
  if (source === 'model') return false;
  const found = modelContour(study.revisions, sopInstanceUid, frame);
  return found !== undefined && (source !== undefined || found !== null);
}

/** The contour of one frame is what the model made of it again; one step of history. */
export function frameBackToModel(study: OpenStudy, sopInstanceUid: string, frame: number): void {
  if (!hasModelContour(study, sopInstanceUid, frame)) {
    report('information', 'This frame has the model’s contour already, or no model has run over it.');
    return;
  }
  study.commit(`back to the model, frame ${frameNumber(frame)}`, (persisted) => {
    const clip = persisted.clips[sopInstanceUid];
    return clip ? backToModel(study.revisions, sopInstanceUid, clip, [frame]) : [];
  });
}

/** All contours of a clip that a person changed are the model's again; one step of history. */
export function clipBackToModel(study: OpenStudy, sopInstanceUid: string): void {
  const clip = study.clipReview(sopInstanceUid);
  const count = clip ? backToModel(study.revisions, sopInstanceUid, clip).length : 0;
  if (count === 0) {
    report('information', 'All contours of this clip are the model’s already, or no model has run over it.');
    return;
  }
  study.commit(`back to the model, ${count === 1 ? 'one frame' : `${count} frames`}`, (persisted) => {
    const now = persisted.clips[sopInstanceUid];
    return now ? backToModel(study.revisions, sopInstanceUid, now) : [];
  });
}

/** For the picture that keys act on. */
export function activeBackToModel(what: 'frame' | 'clip'): void {
  const { study, active } = workspace;
  if (!study || !active) return;
  if (what === 'clip') clipBackToModel(study, active.sopInstanceUid);
  else {
    const frame = workspace.frameOf(active);
    if (frame !== null) frameBackToModel(study, active.sopInstanceUid, frame);
  }
}
