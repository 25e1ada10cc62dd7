import { report } from '../state/messages.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { whyNoCaliper } from './mark-words.ts';

/** Says why no distance can be measured in the clip that keys act on; false where one can. */
export function refusedCaliper(): boolean {
  const { activeClip: clip, study } = workspace;
  const review = clip && study?.clipReview(clip.sopInstanceUid);
  const why = clip && review ? whyNoCaliper(clip, review) : null;
  if (why !== null) report('information', why);
  return why !== null;
}
