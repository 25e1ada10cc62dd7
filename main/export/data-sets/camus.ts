import { rankedClips } from '../../../core/measurement/choose-clip.ts';
import { leftVentricularCavity } from '../../../core/structure/structure.ts';
import type { ExportedFile, ExportSnapshot } from '../exporter.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';
import { padded } from './case-name.ts';
import { frameRate, greyPicture } from './clip-pictures.ts';
import { dataSetStudies, type DataSetStudy, type LeftOut, refuseEmpty } from './data-set-studies.ts';
import { camusLabels, labelledStructures, labelledTrace, labelMap } from './label-map.ts';
import { niftiFile } from './nifti.ts';
import { aboutDataSet, type DataSetSource } from './sources-table.ts';
import { standingBeat } from './standing-beat.ts';

const views = [
  { code: 'a2c', name: '2CH' },
  { code: 'a4c', name: '4CH' },
] as const;
type CamusView = (typeof views)[number];

/**
 * A folder as that of CAMUS (Leclerc et al., IEEE TMI 2019;38:2198–2210) in NIfTI: of each study the two-chamber and the
 * four-chamber clip that stands for it, of its beat the ED and the ES frame and the frames from one to the other, with
 * labels.
 */
export async function* camusFiles(
  snapshots: AsyncIterable<ExportSnapshot>,
  signal: AbortSignal,
): AsyncGenerator<ExportedFile> {
  const { studies, leftOut: rejected } = await dataSetStudies(snapshots, signal);
  const leftOut: LeftOut[] = [...rejected];
  const sources: DataSetSource[] = [];
  for (const study of studies) {
    const chosen = views.map((view) => ({ view, clip: clipOf(study, view) }));
    for (const clip of study.clips) {
      if (chosen.some((one) => one.clip === clip)) continue;
      const { sopInstanceUid } = clip.facts;
      leftOut.push({ studyUid: study.studyUid, sopInstanceUid, reason: notChosen(clip) });
    }
    for (const { view, clip } of chosen) {
      if (clip === null) continue;
      const made = await viewFiles(study, view, clip, signal);
      if (typeof made === 'string') {
        leftOut.push({
          ...{ studyUid: study.studyUid, sopInstanceUid: clip.facts.sopInstanceUid, reason: made },
        });
        continue;
      }
      yield* made.files;
      sources.push(made.source);
    }
  }
  if (sources.length === 0) refuseEmpty('CAMUS', leftOut);
  yield* aboutDataSet(sources, leftOut, page);
}

const page = [
  'Apical loops with labels in NIfTI, laid out as CAMUS is; a patient of it is a study here.',
  '',
  'Labels: 0 background, 1 cavity of the left ventricle, 2 its myocardium, 3 left atrium. A structure that sources.csv',
  'does not name for a clip was not contoured on each of its frames: there 0 may be that structure.',
  'half_sequence: the frames from ED to ES, or from ES to ED where that comes first; the third axis is time, without a',
  'size. Its labels are there where each of these frames has a contour.',
  'Info_*.cfg: ED and ES count from 1 in the half sequence; EF is that of the study, in %.',
];

/** The clip that the study's numbers rest on, else the one that would stand for the view. */
function clipOf(
  { snapshot: { measurements }, clips }: DataSetStudy,
  { code }: CamusView,
): ResearchClip | null {
  const ranked = rankedClips(
    clips.map(({ facts, measured }) => ({ facts, numbers: measured })),
    code,
  ).map(({ facts }) => facts.sopInstanceUid);
  const uid = ranked.find((one) => measurements.used.includes(one)) ?? ranked[0];
  return clips.find(({ facts }) => facts.sopInstanceUid === uid) ?? null;
}

function notChosen({ measured }: ResearchClip): string {
  const { code } = measured.view;
  if (!views.some((view) => view.code === code)) return 'its view is neither two-chamber nor four-chamber';
  return measured.includedBeats.length === 0
    ? 'no beat has contours at ED and ES'
    : 'another clip stands for its view';
}

/** In words why a clip has no files. */
async function viewFiles(
  study: DataSetStudy,
  { name: viewName }: CamusView,
  clip: ResearchClip,
  signal: AbortSignal,
): Promise<{ readonly files: readonly ExportedFile[]; readonly source: DataSetSource } | string> {
  const standing = standingBeat(clip);
  if (standing === null) return 'no beat has contours at ED and ES';
  const { edFrame, esFrame } = standing.beat;
  const [first, last] = [Math.min(edFrame, esFrame), Math.max(edFrame, esFrame)];
  const { rows, columns } = clip.facts;
  const count = last - first + 1;
  const size = rows * columns;
  const sequence = new Uint8Array(count * size);
  const sequenceLabels = new Uint8Array(count * size);
  const withoutPicture: number[] = [];
  for (let frame = first; frame <= last; frame++) {
    signal.throwIfAborted();
    const grey = await greyPicture(study.snapshot, clip, frame);
    if (grey === null) withoutPicture.push(frame);
    else sequence.set(grey, (frame - first) * size);
    sequenceLabels.set(labelMap(clip, frame, camusLabels), (frame - first) * size);
  }
  const missing = [edFrame, esFrame].find((frame) => withoutPicture.includes(frame));
  if (missing !== undefined) return `frame ${missing} has a contour and no picture`;
  const between = Array.from({ length: count }, (_, index) => first + index);
  const isLabelled = between.every((frame) => labelledTrace(clip, leftVentricularCavity, frame) !== null);
  const frames = isLabelled ? between : [first, last];
  const structures = labelledStructures.filter((structure) =>
    frames.every((frame) => labelledTrace(clip, structure, frame) !== null),
  );
  const spacing = clip.measured.calibration;
  const patient = `patient${padded(study.number)}`;
  const name = `${patient}_${viewName}`;
  const file = async (
    content: string,
    data: Uint8Array,
    pictures: number | null = null,
  ): Promise<ExportedFile> => ({
    path: `${patient}/${name}_${content}.nii.gz`,
    bytes: await niftiFile({ columns, rows, pictures, data, spacing }),
  });
  const at = (all: Uint8Array, frame: number): Uint8Array =>
    all.subarray((frame - first) * size, (frame - first + 1) * size);
  const files = [
    await file('ED', at(sequence, edFrame)),
    await file('ED_gt', at(sequenceLabels, edFrame)),
    await file('ES', at(sequence, esFrame)),
    await file('ES_gt', at(sequenceLabels, esFrame)),
    await file('half_sequence', sequence, count),
    ...(isLabelled ? [await file('half_sequence_gt', sequenceLabels, count)] : []),
    { path: `${patient}/Info_${viewName}.cfg`, bytes: info(study, clip, { edFrame, esFrame, first, count }) },
  ];
  const remarks = [
    ...(isLabelled ? [] : ['no half_sequence_gt: some of its frames have no contour']),
    ...(withoutPicture.length === 0 ? [] : [`black for want of a picture: ${withoutPicture.join(', ')}`]),
    ...(spacing === null ? ['not calibrated: pixels have no size in mm'] : []),
  ];
  return {
    files,
    source: { name, study, clip, frames, edFrame, esFrame, structures, remarks, part: null },
  };
}

interface HalfSequence {
  readonly edFrame: number;
  readonly esFrame: number;
  readonly first: number;
  readonly count: number;
}

/** What CAMUS says of a view; sex only where the patient may be told of, the quality of the picture never. */
function info(
  { snapshot }: DataSetStudy,
  clip: ResearchClip,
  { edFrame, esFrame, first, count }: HalfSequence,
): Uint8Array {
  const { document, measurements, withPatient } = snapshot;
  const ef = measurements.measurements.find(({ name }) => name === 'EF')?.value;
  const rate = frameRate(clip);
  const sex = { male: 'M', female: 'F', other: 'O', unknown: null }[document.facts.patient.sex];
  const lines = [
    `ED: ${edFrame - first + 1}`,
    `ES: ${esFrame - first + 1}`,
    `NbFrame: ${count}`,
    ...(withPatient && sex !== null ? [`Sex: ${sex}`] : []),
    ...(ef === undefined ? [] : [`EF: ${tenths(ef)}`]),
    ...(rate === null ? [] : [`FrameRate: ${tenths(rate)}`]),
  ];
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
