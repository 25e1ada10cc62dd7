import { type Column, csvOf } from '../export/research/csv.ts';

/** Whose clip became which. With this alone names are found again: it is saved apart, and by its own wish. */
export interface MappedClip {
  readonly patientId: string;
  readonly patientName: string;
  readonly pseudonym: string;
  /** Whole days that dates were moved by; null where none were kept. */
  readonly shiftDays: number | null;
  readonly studyInstanceUid: string;
  readonly newStudyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly newSeriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly newSopInstanceUid: string;
}

const text = (name: string, description: string, of: (clip: MappedClip) => string): Column<MappedClip> => ({
  name,
  type: 'text',
  unit: null,
  description,
  of,
});

const columns: readonly Column<MappedClip>[] = [
  text('patient_id', 'Patient ID as in the file', ({ patientId }) => patientId),
  text('patient_name', 'Name as in the file', ({ patientName }) => patientName),
  text('pseudonym', 'Name and ID in the new file', ({ pseudonym }) => pseudonym),
  {
    name: 'shift_days',
    type: 'integer',
    unit: 'd',
    description: 'Days that dates were moved by; empty where none were kept',
    of: ({ shiftDays }) => shiftDays,
  },
  text('study_uid', 'Study Instance UID as in the file', (clip) => clip.studyInstanceUid),
  text('new_study_uid', 'Study Instance UID in the new file', (clip) => clip.newStudyInstanceUid),
  text('series_uid', 'Series Instance UID as in the file', (clip) => clip.seriesInstanceUid),
  text('new_series_uid', 'Series Instance UID in the new file', (clip) => clip.newSeriesInstanceUid),
  text('sop_uid', 'SOP Instance UID as in the file', (clip) => clip.sopInstanceUid),
  text('new_sop_uid', 'SOP Instance UID in the new file', (clip) => clip.newSopInstanceUid),
];

/** A line for each clip. */
export const mappingCsv = (clips: readonly MappedClip[]): Uint8Array => csvOf(columns, clips);
