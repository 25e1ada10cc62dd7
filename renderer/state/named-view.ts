import { isMeasurable, type ViewCode } from '../../core/clip/view.ts';
import { say } from '../words/language.svelte.ts';
import { viewName } from '../words/view-words.ts';
import { studyOpening } from './study-opening.svelte.ts';
import { workspace } from './workspace.svelte.ts';

/** The reader's word on the active clip's view. */
export function setView(code: ViewCode): void {
  const uid = workspace.activeClip?.sopInstanceUid;
  if (uid !== undefined) nameView(uid, code);
}

/** The reader's word on a clip's view; where it makes a clip one that can be contoured, it is. */
export function nameView(
  sopInstanceUid: string,
  code: ViewCode,
  label = say('edit.view', { view: viewName(code) }),
): void {
  const { study } = workspace;
  const clip = study?.clip(sopInstanceUid);
  const before = study?.clipReview(sopInstanceUid)?.view;
  if (!study || !clip || !before || (before.code === code && before.source === 'user')) return;
  const wasMeasurable = isMeasurable(workspace.viewOf(sopInstanceUid));
  study.commit(label, (persisted) => [
    {
      slot: 'view',
      sopInstanceUid,
      before: persisted.clips[sopInstanceUid]?.view ?? before,
      after: { code, source: 'user' },
    },
  ]);
  if (workspace.hanging.grid) workspace.regrid();
  if (!wasMeasurable) void study.saved().then(() => studyOpening.analyse(study, [clip]));
}

/** Makes what was recognised of a clip, the active one unless another is named, the reader's word. */
export function confirmView(uid = workspace.activeClip?.sopInstanceUid): void {
  if (uid === undefined) return;
  const { code, source } = workspace.viewOf(uid);
  if (source === 'recognised') nameView(uid, code, say('edit.view.confirm', { view: viewName(code) }));
}
