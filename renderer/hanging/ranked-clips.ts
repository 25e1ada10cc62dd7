import type { ClipFacts } from '../../core/clip/clip.ts';
import { viewsByWorth, type ViewCode } from '../../core/clip/view.ts';

/** What is known of a study's clips when they are hung. */
export interface ClipsToHang {
  readonly clips: readonly ClipFacts[];
  /** The clips that biplane rests on. */
  readonly pair: { readonly a4c: string; readonly a2c: string } | null;
  viewOf(sopInstanceUid: string): ViewCode;
}

export const isLoop = ({ bMode, frames }: Pick<ClipFacts, 'bMode' | 'frames'>): boolean =>
  bMode && frames > 1;

/**
 * Clips of a study, those first that a reader wants to see first: the pair that the numbers rest on, the first loop of
 * each apical view, other loops, stills, and last what is no B-mode picture.
 */
export function rankedToHang({ clips, pair, viewOf }: ClipsToHang): readonly string[] {
  const rank = (clip: ClipFacts): number =>
    (clip.bMode ? 0 : 8) +
    (clip.frames > 1 ? 0 : 4) +
    viewsByWorth.indexOf(viewOf(clip.sopInstanceUid)) / viewsByWorth.length;
  const sorted = [...clips].sort((a, b) => rank(a) - rank(b));
  const firsts = (['a4c', 'a2c', 'a3c'] as const).map((view) =>
    sorted.find((clip) => isLoop(clip) && viewOf(clip.sopInstanceUid) === view),
  );
  const best = firsts.flatMap((clip) => (clip ? [clip.sopInstanceUid] : []));
  const all = sorted.map(({ sopInstanceUid }) => sopInstanceUid);
  return [...new Set([...(pair ? [pair.a4c, pair.a2c] : []), ...best, ...all])];
}

/** True where the two best are an A4C and an A2C, which are read side by side. */
export function startsWithTwo(study: ClipsToHang): boolean {
  const [first, second] = rankedToHang(study);
  if (first === undefined || second === undefined) return false;
  return study.pair !== null || (study.viewOf(first) === 'a4c' && study.viewOf(second) === 'a2c');
}
