import { researchUseNotice } from '../../../core/notice.ts';
import type { StructureId } from '../../../core/structure/structure.ts';
import { isByReader } from '../../../core/trace/trace.ts';
import type { ExportedFile } from '../exporter.ts';
import { type Column, csvOf } from '../research/csv.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';
import { patientColumns } from '../research/patient-columns.ts';
import type { DataSetStudy, LeftOut } from './data-set-studies.ts';
import { labelledTrace } from './label-map.ts';

/** What a name in a data set stands for. */
export interface DataSetSource {
  /** As files and lists of the data set begin. */
  readonly name: string;
  readonly study: DataSetStudy;
  readonly clip: ResearchClip;
  /** Frames of the clip with a contour in the data set. */
  readonly frames: readonly number[];
  readonly edFrame: number | null;
  readonly esFrame: number | null;
  /** Structures that are in it on each of these frames. */
  readonly structures: readonly StructureId[];
  /** Split or fold. */
  readonly part: string | null;
  /** What is missing or was replaced. */
  readonly remarks: readonly string[];
}

const text = (
  name: string,
  description: string,
  of: (source: DataSetSource) => string | null,
): Column<DataSetSource> => ({ name, type: 'text', unit: null, description, of });

const integer = (
  name: string,
  description: string,
  of: (source: DataSetSource) => number | null,
): Column<DataSetSource> => ({ name, type: 'integer', unit: null, description, of });

const millimetres = (
  name: string,
  description: string,
  of: (source: DataSetSource) => number | null,
): Column<DataSetSource> => ({ name, type: 'number', unit: 'mm/px', description, of });

const run = ({ clip }: DataSetSource) => clip.review.run;

/** Of every data set the same. */
const sourceColumns: readonly Column<DataSetSource>[] = [
  text('name', 'As files and lists of the data set begin.', ({ name }) => name),
  integer('study', 'Number of the study in this data set.', ({ study }) => study.number),
  integer(
    'patient',
    'Number of the first study of the same patient: equal for all studies of one patient.',
    ({ study }) => study.patient,
  ),
  text('part', 'Split or fold that the patient is in; empty where there is none.', ({ part }) => part),
  text('study_uid', 'StudyInstanceUID (0020,000D). Not de-identified.', ({ study }) => study.studyUid),
  ...patientColumns.map((column): Column<DataSetSource> => ({
    ...column,
    of: ({ study: { snapshot } }) =>
      column.of({ patient: snapshot.withPatient ? snapshot.document.facts.patient : null }),
  })),
  text(
    'sop_uid',
    'SOPInstanceUID (0008,0018) of the clip. Not de-identified.',
    ({ clip }) => clip.facts.sopInstanceUid,
  ),
  text('view', 'a4c, a2c, a3c, other or unknown.', ({ clip }) => clip.measured.view.code),
  text(
    'view_source',
    'file; user: set or confirmed by a person; recognised: by a model, confirmed by nobody; assumed: said of every clip; none.',
    ({ clip }) => clip.measured.view.source,
  ),
  text('frames', 'Frames of the clip with labels or tracings, from 0, with ; between.', ({ frames }) =>
    frames.join(';'),
  ),
  integer('ed_frame', 'ED frame of the clip, from 0.', ({ edFrame }) => edFrame),
  integer('es_frame', 'ES frame of the clip, from 0.', ({ esFrame }) => esFrame),
  millimetres(
    'sx_mm',
    'Width of a pixel of the clip; empty without calibration.',
    ({ clip }) => clip.measured.calibration?.mmPerPixelX ?? null,
  ),
  millimetres(
    'sy_mm',
    'Height of a pixel of the clip; empty without calibration.',
    ({ clip }) => clip.measured.calibration?.mmPerPixelY ?? null,
  ),
  text(
    'structures',
    'Structures that are in it on all of these frames, with ; between; others are absent, not empty.',
    ({ structures }) => structures.join(';'),
  ),
  text(
    'edited',
    'yes: a person drew or corrected one of its contours; no: all are a model’s.',
    ({ clip, frames, structures }) =>
      frames.some((frame) =>
        structures.some((structure) => {
          const trace = labelledTrace(clip, structure, frame);
          return trace !== null && isByReader(trace);
        }),
      )
        ? 'yes'
        : 'no',
  ),
  text('model', 'Model that ran over the clip.', (source) => run(source)?.model ?? null),
  text('model_version', 'Its version.', (source) => run(source)?.version ?? null),
  text('model_sha256', 'SHA-256 of its graph, hexadecimal.', (source) => run(source)?.sha256 ?? null),
  text(
    'decision',
    'pending or accepted: what the reader decided on the study.',
    ({ study }) => study.snapshot.document.review.decision.state,
  ),
  text('remarks', 'What is missing or was replaced.', ({ remarks }) =>
    remarks.length === 0 ? null : remarks.join('; '),
  ),
  text('software', 'What wrote the row.', ({ study }) => `Systola ${study.snapshot.softwareVersion}`),
  text('notice', 'What the data may be used for.', () => researchUseNotice),
];

const leftOutText = (
  name: string,
  description: string,
  of: (one: LeftOut) => string | null,
): Column<LeftOut> => ({ name, type: 'text', unit: null, description, of });

const leftOutColumns: readonly Column<LeftOut>[] = [
  leftOutText('study_uid', 'StudyInstanceUID (0020,000D).', ({ studyUid }) => studyUid),
  leftOutText(
    'sop_uid',
    'SOPInstanceUID (0008,0018); empty for a whole study.',
    ({ sopInstanceUid }) => sopInstanceUid,
  ),
  leftOutText('reason', 'Why it is not in the data set.', ({ reason }) => reason),
];

/** The tables that say what is in a data set and what is not, and a page for whoever opens it. */
export function* aboutDataSet(
  sources: readonly DataSetSource[],
  leftOut: readonly LeftOut[],
  page: readonly string[],
): Generator<ExportedFile> {
  yield { path: 'sources.csv', bytes: csvOf(sourceColumns, sources) };
  yield { path: 'left-out.csv', bytes: csvOf(leftOutColumns, leftOut) };
  const lines = [...page, ...always, '', researchUseNotice, ''];
  yield { path: 'README.txt', bytes: new TextEncoder().encode(lines.join('\n')) };
}

const always = [
  '',
  'sources.csv says which clip each name stands for, left-out.csv what is not here and why.',
  'Unless it was exported without its patients, the data set is not de-identified: pictures are the clips as they are',
  'shown, with names that a scanner wrote into them, and study and clip UIDs in the tables are those of the scanner.',
];
