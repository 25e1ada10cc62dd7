import { studyUidOf } from '../../../core/clip/study-key.ts';
import { SystolaError } from '../../../core/error.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { researchClips, type ResearchClip } from '../research/measurement-rows.ts';

/** A study of a data set. */
export interface DataSetStudy {
  /** From 1, in the order of Study Instance UIDs, so that names do not depend on the order in which studies come. */
  readonly number: number;
  /** Number of the first study of the same patient: what splits go by. */
  readonly patient: number;
  readonly studyUid: string;
  readonly snapshot: ExportSnapshot;
  readonly clips: readonly ResearchClip[];
}

/** What is not in a data set, and why. */
export interface LeftOut {
  readonly studyUid: string;
  /** null for a whole study. */
  readonly sopInstanceUid: string | null;
  readonly reason: string;
}

export interface DataSetStudies {
  readonly studies: readonly DataSetStudy[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The studies of a data set with their numbers. All of them are waited for, without any pictures: which name a file has,
 * and what every picture shows, is known of all studies together.
 */
export async function dataSetStudies(
  snapshots: AsyncIterable<ExportSnapshot>,
  signal: AbortSignal,
): Promise<DataSetStudies> {
  const byKey = new Map<string, ExportSnapshot>();
  const leftOut: LeftOut[] = [];
  for await (const snapshot of snapshots) {
    signal.throwIfAborted();
    const { facts, review } = snapshot.document;
    if (review.decision.state !== 'rejected') byKey.set(facts.studyInstanceUid, snapshot);
    else {
      const reason = 'the study was rejected';
      leftOut.push({ studyUid: studyUidOf(facts.studyInstanceUid), sopInstanceUid: null, reason });
    }
  }
  const patients = new Map<string, number>();
  const studies = [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, snapshot], index): DataSetStudy => {
      const { document, measurements } = snapshot;
      const number = index + 1;
      const whose = patientKey(key, snapshot);
      const patient = patients.get(whose) ?? number;
      patients.set(whose, patient);
      const clips = researchClips(document, measurements);
      return { number, patient, studyUid: studyUidOf(key), snapshot, clips };
    });
  return { studies, leftOut: leftOut.toSorted((a, b) => (a.studyUid < b.studyUid ? -1 : 1)) };
}

/** Studies without a patient's ID are each of a patient of their own. */
function patientKey(key: string, { document }: ExportSnapshot): string {
  const { patientId, issuerOfPatientId } = document.facts.patient;
  return JSON.stringify(patientId === '' ? [key] : [issuerOfPatientId, patientId]);
}

/** @throws SystolaError saying why nothing of all that was given can stand in the data set */
export function refuseEmpty(what: string, leftOut: readonly LeftOut[]): never {
  const [first, ...others] = leftOut;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const why = first === undefined ? 'there is no study' : `${first.reason}${more}`;
  throw new SystolaError('bad-request', `There is nothing to export as ${what}: ${why}.`);
}
