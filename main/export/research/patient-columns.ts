import type { PatientFacts } from '../../../core/clip/clip.ts';
import { personNameText } from '../../../core/wording/person-name.ts';
import type { Column } from './csv.ts';

export interface OfPatient {
  /** null where nobody asked for the patient to be named. */
  readonly patient: PatientFacts | null;
}

/** Empty unless the patient is to be named: the table has the same columns either way. */
export const patientColumns: readonly Column<OfPatient>[] = [
  {
    name: 'patient_id',
    type: 'text',
    unit: null,
    description: 'PatientID (0010,0020). Empty unless patients are to be named in exports.',
    of: ({ patient }) => patient?.patientId ?? null,
  },
  {
    name: 'patient_name',
    type: 'text',
    unit: null,
    description: 'PatientName (0010,0010). Empty unless patients are to be named in exports.',
    of: ({ patient }) => (patient === null ? null : personNameText(patient.name)),
  },
];
