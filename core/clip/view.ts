/** Echocardiographic views that Systola tells apart (DICOM CID 12226 names the apical ones). */
export const viewCodes = ['a4c', 'a2c', 'a3c', 'other', 'unknown'] as const;
export type ViewCode = (typeof viewCodes)[number];

/** Where a view came from. `unknown` code always has the source `none`. */
export type ViewSource = 'file' | 'user' | 'none';

export interface View {
  readonly code: ViewCode;
  readonly source: ViewSource;
}

/** Views whose left ventricle can be traced and measured by the method of disks. */
export function isMeasurable(view: View): boolean {
  return view.code !== 'other';
}
