import type { ClipFacts } from '../../core/clip/clip.ts';
import type { View } from '../../core/clip/view.ts';
import { say } from './language.svelte.ts';
import { viewName } from './view-words.ts';

/** A clip as a list of what was done names it: "A4C, clip 3", or its file where it has no number. */
export function clipName(
  { instanceNumber, fileName }: Pick<ClipFacts, 'instanceNumber' | 'fileName'>,
  view: View | undefined,
): string {
  const name = instanceNumber === null ? fileName : say('clip.numbered-within', { number: instanceNumber });
  const code = view?.code ?? 'unknown';
  return code === 'unknown' || code === 'other'
    ? name
    : say('history.view-and-clip', { view: viewName(code), clip: name });
}
