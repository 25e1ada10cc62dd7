import { researchUseNotice } from '../../../core/notice.ts';
import type { LabelledFormat } from './labelled-files.ts';
import { labelNames } from './label-names.ts';
import { niftiFile } from './nifti.ts';

/**
 * A list of data as MONAI loads it (`load_decathlon_datalist`, and the folds of Auto3DSeg), with its pictures and labels in
 * NIfTI, whose pixels have a size.
 */
export const monai: LabelledFormat = {
  name: 'a MONAI list',
  page: [
    'Pictures and labels in NIfTI with a list for MONAI: load_decathlon_datalist("dataset.json", True, "training").',
    '',
    'Paths are relative to dataset.json; fold is that of the patient.',
  ],
  async *files({ name, clip, grey, labels }) {
    const { rows, columns } = clip.facts;
    const spacing = clip.measured.calibration;
    const nifti = (data: Uint8Array) => niftiFile({ rows, columns, pictures: null, data, spacing });
    yield { path: `images/${name}.nii.gz`, bytes: await nifti(grey) };
    yield { path: `labels/${name}.nii.gz`, bytes: await nifti(labels) };
  },
  *lists(cases, labels, softwareVersion) {
    const list = {
      name: 'Systola',
      description: `Apical echocardiograms with contours. ${researchUseNotice}`,
      release: softwareVersion,
      modality: { 0: 'US' },
      labels: Object.fromEntries([
        ['0', 'background'],
        ...[...labels].map(([structure, label]) => [String(label), labelNames[structure] ?? structure]),
      ]),
      numTraining: cases.length,
      training: cases.map(({ name, fold }) => ({
        image: `images/${name}.nii.gz`,
        label: `labels/${name}.nii.gz`,
        ...(fold === null ? {} : { fold }),
      })),
    };
    yield { path: 'dataset.json', bytes: new TextEncoder().encode(`${JSON.stringify(list, null, 1)}\n`) };
  },
};
