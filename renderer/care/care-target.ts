import { library } from '../state/library.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import type { CareTarget } from './care.svelte.ts';

/** The study or clip that an element of a list stands for; null for everything else, pictures among it. */
export function careTargetOf(element: EventTarget | null): CareTarget | null {
  if (!(element instanceof Element) || element.closest('[data-picture]')) return null;
  const clip = element.closest<HTMLElement>('[data-clip]')?.dataset['clip'];
  const open = workspace.study;
  if (clip !== undefined && open?.clip(clip))
    return { kind: 'clip', studyInstanceUid: open.uid, sopInstanceUid: clip };
  // Of the worklist's grid, which has the keys itself, the row that they are at.
  const at = element.getAttribute('aria-activedescendant');
  const row = (at === null ? element : document.getElementById(at))?.closest<HTMLElement>('[data-row]');
  const uid = element.closest<HTMLElement>('[data-study]')?.dataset['study'] ?? row?.dataset['row'];
  const study = uid === undefined ? undefined : library.study(uid);
  return study === undefined ? null : { kind: 'study', study };
}
