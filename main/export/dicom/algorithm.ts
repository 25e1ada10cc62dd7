import type { StudyDocument } from '../../../core/api/requests.ts';
import { isByReader, isWithoutModel } from '../../../core/trace/trace.ts';
import { codes } from '../../dicom/write/codes.ts';
import { related, type RelatedItem, textItem } from '../../dicom/write/content-item.ts';
import type { ContourBehind } from './contours-behind.ts';

/**
 * The model that drew the contours behind a number (TID 4019), and which of them a reader corrected; nothing where a reader
 * drew all of them.
 */
export function algorithmItems(
  { review }: Pick<StudyDocument, 'review'>,
  contours: readonly ContourBehind[],
): RelatedItem[] {
  const byModel = contours.filter(({ trace }) => !isWithoutModel(trace));
  const runs = byModel.map(({ clip, trace: { source } }) => {
    const run = review.clips[clip.sopInstanceUid]?.run ?? null;
    // A corrected contour does not say whose it was.
    const model = 'model' in source ? source.model : run?.model;
    const sha256 = 'sha256' in source ? source.sha256 : run?.sha256;
    const own = run?.sha256 === sha256 ? run : null;
    return { model, sha256, version: own?.version, provider: own?.provider, contourHash: own?.contourHash };
  });
  if (runs.length === 0) return [];
  const listed = (values: readonly (string | undefined)[]): string =>
    [...new Set(values.map((value) => value ?? 'not recorded'))].join('; ');
  const corrected = [
    ...new Set(contours.filter(({ trace }) => isByReader(trace)).map(({ frame }) => frame + 1)),
  ].sort((a, b) => a - b);
  const parameters = [
    `sha256=${listed(runs.map(({ sha256 }) => sha256))}`,
    `provider=${listed(runs.map(({ provider }) => provider))}`,
    ...(runs.some(({ contourHash }) => contourHash !== undefined)
      ? [`contourHash=${listed(runs.map(({ contourHash }) => contourHash))}`]
      : []),
    ...(corrected.length === 0 ? [] : [`frames by a reader=${corrected.join(',')}`]),
  ];
  return [
    related('HAS CONCEPT MOD', textItem(codes.algorithmName, listed(runs.map(({ model }) => model)))),
    related('HAS CONCEPT MOD', textItem(codes.algorithmVersion, listed(runs.map(({ version }) => version)))),
    related('HAS CONCEPT MOD', textItem(codes.algorithmParameters, parameters.join('; '))),
  ];
}
