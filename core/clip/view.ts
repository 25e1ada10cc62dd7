/** Echocardiographic views that Systola tells apart (DICOM CID 12226 names the apical ones). */
export const viewCodes = ['a4c', 'a2c', 'a3c', 'other', 'unknown'] as const;
export type ViewCode = (typeof viewCodes)[number];

/**
 * Where a view came from. `user`: a person looked at this clip. `assumed`: it was said of every clip whose file does
 * not say, before anybody looked. `unknown` code always has the source `none`.
 */
export const viewSources = ['file', 'user', 'assumed', 'none'] as const;
export type ViewSource = (typeof viewSources)[number];

/** Views that may stand for a study, the best first: by the method of disks, and before what nobody has looked at. */
export const viewsByWorth: readonly ViewCode[] = ['a4c', 'a2c', 'a3c', 'unknown', 'other'];

/** Views that can be said of a clip. */
export const statedViews = ['a4c', 'a2c', 'a3c', 'other'] as const satisfies readonly ViewCode[];

export interface View {
  readonly code: ViewCode;
  readonly source: ViewSource;
}

/** Views whose left ventricle can be traced and measured by the method of disks. */
export function isMeasurable(view: View): boolean {
  return view.code !== 'other';
}
