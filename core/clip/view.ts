/** Echocardiographic views that Systola tells apart (DICOM CID 12226 names the apical ones). */
export const viewCodes = ['a4c', 'a2c', 'a3c', 'other', 'unknown'] as const;
export type ViewCode = (typeof viewCodes)[number];

/**
 * Where a view came from. `user`: a person looked at this clip. `recognised`: a model told it from the pictures, and
 * nobody has confirmed it. `assumed`: it was said of every clip whose file does not say, before anybody looked. `none`:
 * nobody has said anything; the code is then `unknown`.
 */
export const viewSources = ['file', 'user', 'recognised', 'assumed', 'none'] as const;
export type ViewSource = (typeof viewSources)[number];

/** Sources of what is said of a clip; what a model recognised is recorded apart from it. */
export const saidViewSources = ['file', 'user', 'assumed', 'none'] as const satisfies readonly ViewSource[];

/** Views that may stand for a study, the best first: by the method of disks, and before what nobody has looked at. */
export const viewsByWorth: readonly ViewCode[] = ['a4c', 'a2c', 'a3c', 'unknown', 'other'];

/** Views that can be said of a clip. */
export const statedViews = ['a4c', 'a2c', 'a3c', 'other'] as const satisfies readonly ViewCode[];

/** What somebody said of a clip: its file, a reader, or whoever assumed it of every clip. */
export interface SaidView {
  readonly code: ViewCode;
  readonly source: (typeof saidViewSources)[number];
}

/** The view that a clip is taken for. */
export interface View {
  readonly code: ViewCode;
  readonly source: ViewSource;
  /** Of a recognised view: how certain the model is, 0…1; left out of others. */
  readonly certainty?: number;
}

/** Views whose left ventricle can be traced and measured by the method of disks. */
export function isMeasurable(view: View): boolean {
  return view.code !== 'other';
}
