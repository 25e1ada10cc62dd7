import { researchUseNotice } from '../../../core/notice.ts';
import type { StructureId } from '../../../core/structure/structure.ts';
import { encodePng } from '../../dicom/png.ts';
import type { LabelledFormat } from './labelled-files.ts';
import { labelNames } from './label-names.ts';

/** Numbers up to 500 are left to the data sets of the Decathlon and of whoever trains. */
const dataSet = 'Dataset501_Systola';
const raw = `nnUNet_raw/${dataSet}`;
const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);

/**
 * A data set of nnU-Net v2 (documentation/dataset_format.md there): grey PNGs with labels as PNGs, and folds by patient
 * where it looks for them before it makes its own.
 */
export const nnuNet: LabelledFormat = {
  name: 'nnU-Net',
  page: [
    'A data set of nnU-Net v2: nnUNet_raw and nnUNet_preprocessed go into the folders of these names.',
    '',
    'splits_final.json has the folds, by patient; nnU-Net takes it where it lies when training begins.',
    'PNG has no size of a pixel: sources.csv has it.',
  ],
  *files({ name, clip, grey, labels }) {
    const { rows, columns } = clip.facts;
    const png = (data: Uint8Array): Uint8Array => encodePng({ rows, columns, channels: 1, data });
    yield { path: `${raw}/imagesTr/${name}_0000.png`, bytes: png(grey) };
    yield { path: `${raw}/labelsTr/${name}.png`, bytes: png(labels) };
  },
  *lists(cases, labels, softwareVersion) {
    yield {
      path: `${raw}/dataset.json`,
      bytes: json({
        channel_names: { 0: 'B-mode' },
        labels: { background: 0, ...namedLabels(labels) },
        numTraining: cases.length,
        file_ending: '.png',
        name: 'Systola',
        description: `Apical echocardiograms with contours. ${researchUseNotice}`,
        release: softwareVersion,
      }),
    };
    const folds = [...new Set(cases.flatMap(({ fold }) => fold ?? []))].sort((a, b) => a - b);
    if (folds.length === 0) return;
    yield {
      path: `nnUNet_preprocessed/${dataSet}/splits_final.json`,
      bytes: json(
        folds.map((fold) => ({
          train: cases.filter((one) => one.fold !== fold).map(({ name }) => name),
          val: cases.filter((one) => one.fold === fold).map(({ name }) => name),
        })),
      ),
    };
  },
};

const namedLabels = (labels: ReadonlyMap<StructureId, number>): Record<string, number> =>
  Object.fromEntries([...labels].map(([structure, label]) => [labelNames[structure] ?? structure, label]));
