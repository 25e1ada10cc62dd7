import type { StructureId } from '../../../core/structure/structure.ts';
import type { ExportedFile, ExportSnapshot } from '../exporter.ts';
import { greyPicture } from './clip-pictures.ts';
import { dataSetStudies, type LeftOut, refuseEmpty } from './data-set-studies.ts';
import { labelMap } from './label-map.ts';
import { elsewhereSentences, type LabelledCase, labelledCases } from './labelled-cases.ts';
import { aboutDataSet, type DataSetSource } from './sources-table.ts';
import { partsByPatient } from './split-by-patient.ts';

/** A case with its pixels, row-major. */
export interface LabelledPictures extends LabelledCase {
  readonly grey: Uint8Array;
  readonly labels: Uint8Array;
}

/** A case that is written, and the fold of its patient; null where all are of one patient. */
export interface FoldedCase extends LabelledCase {
  readonly fold: number | null;
}

/** What one format makes of labelled frames. */
export interface LabelledFormat {
  /** As people call it. */
  readonly name: string;
  /** What README.txt says of it. */
  readonly page: readonly string[];
  files(pictures: LabelledPictures): AsyncIterable<ExportedFile> | Iterable<ExportedFile>;
  lists(
    cases: readonly FoldedCase[],
    labels: ReadonlyMap<StructureId, number>,
    softwareVersion: string,
  ): Iterable<ExportedFile>;
}

const folds = 5;

/** The files of a data set of single labelled frames, split by patient. */
export async function* labelledFiles(
  format: LabelledFormat,
  snapshots: AsyncIterable<ExportSnapshot>,
  signal: AbortSignal,
): AsyncGenerator<ExportedFile> {
  const found = labelledCases(await dataSetStudies(snapshots, signal));
  const leftOut: LeftOut[] = [...found.leftOut];
  const written: LabelledCase[] = [];
  for (const one of found.cases) {
    signal.throwIfAborted();
    const { study, clip, frame } = one;
    const grey = await greyPicture(study.snapshot, clip, frame);
    if (grey === null) {
      const reason = `frame ${frame} has a contour and no picture`;
      leftOut.push({ studyUid: study.studyUid, sopInstanceUid: clip.facts.sopInstanceUid, reason });
      continue;
    }
    yield* format.files({ ...one, grey, labels: labelMap(clip, frame, found.labels) });
    written.push(one);
  }
  const [first] = written;
  if (first === undefined) refuseEmpty(format.name, leftOut);
  const patients = new Set(written.map(({ study }) => study.patient)).size;
  const parts = partsByPatient(
    written.map(({ study }) => study),
    Math.min(folds, patients),
  );
  const folded = written.map((one): FoldedCase => ({
    ...one,
    fold: patients < 2 ? null : (parts.get(one.study.patient) ?? 0),
  }));
  yield* format.lists(folded, found.labels, first.study.snapshot.softwareVersion);
  const notes = [
    ...elsewhereSentences(found),
    ...(patients < 2 ? ['There are no folds: all pictures are of one patient.'] : []),
  ];
  yield* aboutDataSet(
    folded.map((one) => sourceOf(one, found.labels)),
    leftOut,
    [...format.page, ...notes],
  );
}

function sourceOf(
  { name, study, clip, frame, fold }: FoldedCase,
  labels: ReadonlyMap<StructureId, number>,
): DataSetSource {
  const { beats, calibration } = clip.measured;
  const is = (phase: 'edFrame' | 'esFrame'): number | null =>
    beats.some((beat) => beat[phase] === frame) ? frame : null;
  return {
    ...{ name, study, clip, frames: [frame], edFrame: is('edFrame'), esFrame: is('esFrame') },
    structures: [...labels.keys()],
    part: fold === null ? null : String(fold),
    remarks: calibration === null ? ['not calibrated: pixels have no size in mm'] : [],
  };
}
