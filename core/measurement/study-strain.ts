import type { ViewCode } from '../clip/view.ts';
import type { BeatStructures } from './beat-structures.ts';
import { rankedClips, usedFirst, type MeasuredClip } from './choose-clip.ts';
import type { Measurement } from './measurement.ts';

const apicalViews = ['a4c', 'a2c', 'a3c'] as const;
const strains = [
  ['Contour strain', ({ endocardium }: BeatStructures) => endocardium],
  ['Contour strain mid-wall', ({ midWall }: BeatStructures) => midWall],
] as const;

/**
 * Contour strain of the ventricle: the mean over the apical views that were measured, each once (EACVI/ASE/Industry Task
 * Force 2015); of one view alone that view's. Of the clips that the study's numbers rest on, else of the best.
 */
export function studyStrain(
  candidates: readonly MeasuredClip[],
  used: readonly MeasuredClip[],
): Measurement[] {
  return strains.flatMap(([name, lengthsOf]) => {
    const ofView = (view: ViewCode): Measurement[] =>
      usedFirst(
        rankedClips(candidates, view).filter(({ numbers }) =>
          numbers.includedStructures.some((beat) => lengthsOf(beat) !== null),
        ),
        used,
      )
        .slice(0, 1)
        .flatMap(({ numbers }) =>
          numbers.measurements.filter((one) => one.name === name && one.beat === null),
        );
    const views = apicalViews.flatMap(ofView);
    const [first] = views;
    if (first === undefined) {
      const unknown = used.filter(({ numbers }) => numbers.view.code === 'unknown');
      return unknown.length === 1 ? ofView('unknown') : [];
    }
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

function mean<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0) / items.length;
}
