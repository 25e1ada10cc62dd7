import type { ViewCode } from '../clip/view.ts';
import type { BeatStructures } from './beat-structures.ts';
import { rankedClips, usedFirst, type MeasuredClip } from './choose-clip.ts';
import { mean } from './mean.ts';
import type { Measurement } from './measurement.ts';
import type { ClipPair, PairObstacle } from './pairing.ts';

const apicalViews = ['a4c', 'a2c', 'a3c'] as const;
const strains = [
  ['Contour strain', ({ endocardium }: BeatStructures) => endocardium],
  ['Contour strain mid-wall', ({ midWall }: BeatStructures) => midWall],
] as const;

/**
 * Contour strain of the ventricle: the mean over the apical views that were measured, each once (EACVI/ASE/Industry Task
 * Force 2015); of one view alone that view's. Of the clips that the study's numbers rest on, else of the best that can
 * be combined with them.
 *
 * @param candidates clips of the study's stage, and those that its numbers rest on
 * @param used clips that the study's numbers rest on
 * @param obstacle what stands against combining two clips
 */
export function studyStrain(
  candidates: readonly MeasuredClip[],
  used: readonly MeasuredClip[],
  obstacle: (pair: ClipPair) => PairObstacle | null,
): Measurement[] {
  return strains.flatMap(([name, lengthsOf]): Measurement[] => {
    const having = (view: ViewCode): MeasuredClip[] =>
      usedFirst(
        rankedClips(candidates, view).filter(({ numbers }) =>
          numbers.includedStructures.some((beat) => lengthsOf(beat) !== null),
        ),
        used,
      );
    const together = (one: MeasuredClip, other: MeasuredClip): boolean =>
      (used.includes(one) && used.includes(other)) || obstacle({ a4c: one, a2c: other }) === null;
    const chosen: MeasuredClip[] = [];
    for (const view of apicalViews) {
      const fitting = having(view).find((clip) => chosen.every((other) => together(clip, other)));
      if (fitting !== undefined) chosen.push(fitting);
    }
    if (chosen.length === 0) chosen.push(...having('unknown').filter((clip) => used.includes(clip)));
    const views = chosen.flatMap(({ numbers }) =>
      numbers.measurements.filter((one) => one.name === name && one.beat === null),
    );
    const [first] = views;
    if (first === undefined) return [];
    if (views.length === 1) return [first];
    return [
      {
        ...first,
        method: 'mean-of-views',
        view: views.some(({ view }) => view === 'a3c') ? null : 'biplane',
        value: mean(views, ({ value }) => value),
        sources: views.flatMap(({ sources }) => sources),
      },
    ];
  });
}
