/** Echocardiographic views that Systola tells apart (DICOM CID 12226 names the apical ones). */
export const viewCodes = ['a4c', 'a2c', 'a3c', 'other', 'unknown'] as const;
export type ViewCode = (typeof viewCodes)[number];

/**
 * Where a view came from. `user`: a person looked at this clip. `assumed`: it was said of every clip whose file does
 * not say, before anybody looked. `unknown` code always has the source `none`.
 */
export const viewSources = ['file', 'user', 'assumed', 'none'] as const;
export type ViewSource = (typeof viewSources)[number];

export interface View {
  readonly code: ViewCode;
  readonly source: ViewSource;
}

/** Views whose left ventricle can be traced and measured by the method of disks. */
export function isMeasurable(view: View): boolean {
  return view.code !== 'other';
}
