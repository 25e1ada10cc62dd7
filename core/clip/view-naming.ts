import type { ClipFacts } from './clip.ts';
import type { View } from './view.ts';

/** A clip of a study as far as naming its view goes. */
export interface NamedClip {
  readonly sopInstanceUid: string;
  /** Nobody has said yet which view it shows. */
  readonly waits: boolean;
}

/**
 * Whether nobody has said which view a loop shows, its file or a reader. What was recognised or assumed still waits for a
 * person's word; stills, spectra and M-mode have no view to name.
 */
export function waitsForView(
  { bMode, frames }: Pick<ClipFacts, 'bMode' | 'frames'>,
  { code, source }: View,
): boolean {
  if (!bMode || frames < 2) return false;
  return code === 'unknown' || (source !== 'user' && source !== 'file');
}

/** The clip behind `from` whose view is to be named next, round the end of the list; null where none waits. */
export function nextWaiting(clips: readonly NamedClip[], from: string | null): string | null {
  const start = clips.findIndex(({ sopInstanceUid }) => sopInstanceUid === from) + 1;
  const inTurn = [...clips.slice(start), ...clips.slice(0, start)];
  return inTurn.find(({ waits }) => waits)?.sopInstanceUid ?? null;
}
