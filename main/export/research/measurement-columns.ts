import type { Beat } from '../../../core/beat/beat.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import type { Column } from './csv.ts';
import type { MeasurementRow, ResearchClip } from './measurement-rows.ts';
import { patientColumns } from './patient-columns.ts';

export interface WrittenMeasurement extends MeasurementRow {
  readonly softwareVersion: string;
}

/** Between the items of a cell that holds several: no UID, code or version has one. */
const separator = ';';

const list = (items: readonly string[]): string | null => (items.length === 0 ? null : items.join(separator));

/** What each clip says, once where all say the same; null where none says anything. */
function said(
  { sources }: MeasurementRow,
  of: (clip: ResearchClip) => string | null | undefined,
): string | null {
  const each = sources.map((clip) => of(clip) ?? '');
  const kinds = new Set(each);
  return kinds.size <= 1 ? (each[0] ?? '') || null : each.join(separator);
}

const text = (
  name: string,
  description: string,
  of: Column<WrittenMeasurement>['of'],
): Column<WrittenMeasurement> => ({ name, type: 'text', unit: null, description, of });

const frame = (
  name: string,
  description: string,
  of: (row: WrittenMeasurement) => number | null,
): Column<WrittenMeasurement> => ({ name, type: 'integer', unit: null, description, of });

const perClip = 'Of several clips the same once, else each in the order of source_clips, with ; between.';

/** Columns of the table of measurements: names and meanings are what analyses rely on, and are never changed. */
export const measurementColumns: readonly Column<WrittenMeasurement>[] = [
  text('study_uid', 'StudyInstanceUID (0020,000D). Not de-identified.', ({ studyUid }) => studyUid),
  ...patientColumns,
  text(
    'level',
    'study: a number of the study, as panel and report show it; clip: of one clip.',
    ({ level }) => level,
  ),
  text(
    'sop_uid',
    'SOPInstanceUID (0008,0018) of the clip; empty for numbers of the study.',
    ({ clip }) => clip?.facts.sopInstanceUid ?? null,
  ),
  text(
    'source_clips',
    'SOPInstanceUIDs of the clips that the value was read from, with ; between; empty where it was read from none.',
    ({ sources }) => list(sources.map(({ facts }) => facts.sopInstanceUid)),
  ),
  text(
    'stage_name',
    'StageName (0008,2120) of a stress study; empty where none is stated.',
    ({ stage }) => stage?.name ?? null,
  ),
  frame('stage_number', 'StageNumber (0008,2122) of a stress study.', ({ stage }) => stage?.number ?? null),
  text(
    'view',
    'View of the value: a4c, a2c, a3c, other, unknown, or biplane; empty where it has none.',
    ({ measurement, clip }) => (measurement === null ? (clip?.measured.view.code ?? null) : measurement.view),
  ),
  text(
    'view_source',
    `file; user: set or confirmed by a person; recognised: by a model, confirmed by nobody; assumed: said of every clip; none. ${perClip}`,
    (row) => said(row, ({ measured }) => measured.view.source),
  ),
  {
    name: 'view_certainty',
    type: 'number',
    unit: '1',
    description: 'How certain the model is of a recognised view, 0 to 1; the least of several clips.',
    of: ({ sources }) => {
      const known = sources.flatMap(({ measured }) => measured.view.certainty ?? []);
      return known.length === 0 ? null : Math.min(...known);
    },
  },
  text(
    'structure',
    'In whose contours it is measured; empty where it is the patient’s, and of distances.',
    ({ quantity }) => quantity?.structure ?? null,
  ),
  text(
    'measurement',
    'What was measured, as analysis.json names it; distance: between two points, called as own_name says.',
    ({ name }) => name,
  ),
  text(
    'method',
    'How it was measured, as analysis.json names it.',
    ({ measurement }) => measurement?.method ?? null,
  ),
  text(
    'phase',
    'ed or es; empty where the value is of both or of none.',
    ({ quantity }) => quantity?.phase ?? null,
  ),
  frame(
    'beat',
    'Index of the beat in its clip, from 0; empty for means, for biplane and for the patient.',
    ({ measurement }) => measurement?.beat ?? null,
  ),
  text(
    'beat_included',
    'yes or no: whether the means of the clip rest on the beat; empty where beat is.',
    ({ clip, measurement }) => {
      const { beat = null } = measurement ?? {};
      const row = beat === null ? undefined : clip?.measured.beatTable[beat];
      return row === undefined ? null : row.included ? 'yes' : 'no';
    },
  ),
  frame(
    'ed_frame',
    'ED frame of the beat, from 0; empty where beat is.',
    (row) => beatOf(row)?.edFrame ?? null,
  ),
  frame(
    'es_frame',
    'ES frame of the beat, from 0; empty where beat is.',
    (row) => beatOf(row)?.esFrame ?? null,
  ),
  text(
    'frames',
    'Frames that the value was read from, from 0, with ; between; those of several clips in the order of source_clips, with | between.',
    ({ measurement, sources }) =>
      sources.length === 0 || measurement === null
        ? null
        : sources
            .map(({ facts }) =>
              measurement.sources
                .filter(({ sopInstanceUid }) => sopInstanceUid === facts.sopInstanceUid)
                .map((one) => one.frame)
                .join(separator),
            )
            .join('|'),
  ),
  {
    name: 'value',
    type: 'number',
    unit: 'as column unit',
    description:
      'The value, not rounded, equal to that in analysis.json; empty where refused_by says why there is none.',
    of: ({ measurement }) => measurement?.value ?? null,
  },
  text(
    'unit',
    'mL, %, mm, mm², px, px², bpm, m², mL/m², L/min, L/min/m², or 1 for a ratio; px where the clip is not calibrated.',
    ({ measurement }) => measurement?.unit ?? null,
  ),
  text(
    'calibration_source',
    `region: ultrasound region of the file; pixel-spacing; user-ruler; empty without calibration. ${perClip}`,
    (row) => said(row, ({ measured }) => measured.calibration?.source),
  ),
  text(
    'timing_source',
    `Attribute that the frame times come from, as analysis.json names it. ${perClip}`,
    (row) => said(row, ({ facts }) => facts.timing.source),
  ),
  text(
    'heart_rate_source',
    'Of HR, CO and CI: entered, file or frame-times; empty for others.',
    ({ heartRateSource }) => heartRateSource,
  ),
  text(
    'bsa_formula',
    'Of BSA and what is indexed by it: du-bois or mosteller; empty for others.',
    ({ surfaceFormula }) => surfaceFormula,
  ),
  text(
    'code_scheme',
    'Scheme of code: LN (LOINC) or SCT (SNOMED CT).',
    ({ quantity }) => quantity?.code?.scheme ?? null,
  ),
  text(
    'code',
    'Concept of the quantity alone: method, view, phase and indexing are in columns of their own. Empty where there is none.',
    ({ quantity }) => quantity?.code?.value ?? null,
  ),
  text(
    'refused_by',
    'Codes of the findings for which there is no value, with ; between. Only rows without a value have them: of EF, EDV and ESV.',
    ({ measurement, findings }) => (measurement === null ? codes(findings) : null),
  ),
  text(
    'qualified_by',
    'Codes of the findings for which the value may be wrong or stands in for another that is not given, with ; between.',
    ({ measurement, findings }) => (measurement === null ? null : codes(findings)),
  ),
  text('model', `Model that ran over the clip. ${perClip}`, (row) =>
    said(row, ({ review }) => review.run?.model),
  ),
  text('model_version', `Its version. ${perClip}`, (row) => said(row, ({ review }) => review.run?.version)),
  text('model_sha256', `SHA-256 of its graph, hexadecimal. ${perClip}`, (row) =>
    said(row, ({ review }) => review.run?.sha256),
  ),
  text(
    'edited',
    'yes: a person drew or corrected a contour that the value was read from; no: nobody did; empty where it was read from none.',
    ({ edited }) => (edited === null ? null : edited ? 'yes' : 'no'),
  ),
  text(
    'own_name',
    'What the reader calls a distance that has no name of the list; empty for everything else, and where the file names nobody.',
    ({ ownName }) => ownName,
  ),
  text(
    'decision',
    'pending, accepted or rejected: what the reader decided on the study.',
    ({ decision }) => decision.state,
  ),
  text('decided_by', 'Who decided; empty while nobody has.', ({ decision }) =>
    decision.state === 'pending' ? null : decision.by,
  ),
  text('decided_at', 'When, ISO 8601, UTC; empty while nobody has.', ({ decision }) =>
    decision.state === 'pending' ? null : decision.at,
  ),
  text('software', 'What wrote the row.', ({ softwareVersion }) => `Systola ${softwareVersion}`),
  text('notice', 'What the values may be used for.', () => researchUseNotice),
];

function beatOf({ clip, measurement }: MeasurementRow): Beat | undefined {
  const { beat = null } = measurement ?? {};
  return beat === null ? undefined : clip?.measured.beats[beat];
}

const codes = (findings: MeasurementRow['findings']): string | null =>
  list([...new Set(findings.map(({ code }) => code))]);
