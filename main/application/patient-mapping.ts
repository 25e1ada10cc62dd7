import type { StudyDocument } from '../../core/api/requests.ts';
import { policyOf, type Policy } from '../../core/deidentify/policy.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import { IdentityMap } from '../deidentify/identity-map.ts';
import { keyInFile, keyOfLibrary } from '../deidentify/key-file.ts';
import type { MappedClip } from '../deidentify/mapping.ts';
import { patientIdentity } from '../deidentify/patient-identity.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';

/**
 * Who is who among the clips of a study when it leaves by the library's key. That somebody asked for it is in the audit
 * log before anything is told.
 *
 * @throws SystolaError of the key, or of an audit log that takes no entry
 */
export async function patientMapping(
  library: Library,
  { facts, clips }: Pick<StudyDocument, 'clips' | 'facts'>,
  preset: PresetName,
  choices: Policy['choices'] = new Map(),
): Promise<MappedClip[]> {
  const { key } = await keyInFile(keyOfLibrary(library.path));
  const { patient, studyInstanceUid } = facts;
  const policy = policyOf(preset, choices);
  const identity = patientIdentity(patient, studyInstanceUid);
  const map = new IdentityMap(key, policy, identity);
  library.record({
    event: auditEvents.export,
    action: 'R',
    outcome: auditOutcomes.success,
    user: library.user(),
    studyInstanceUid,
    patientId: patient.patientId,
    detail: { mapping: preset },
  });
  const study = studyUidOf(studyInstanceUid);
  return clips.map(({ sopInstanceUid, seriesInstanceUid }) => ({
    patientId: patient.patientId,
    patientName: patient.name.alphabetic,
    pseudonym: map.pseudonym,
    shiftDays: policy.options.has('modifiedDates') ? key.shiftDays(identity) : null,
    studyInstanceUid: study,
    newStudyInstanceUid: map.studyInstanceUid(study),
    seriesInstanceUid,
    newSeriesInstanceUid: map.seriesInstanceUid(seriesInstanceUid),
    sopInstanceUid,
    newSopInstanceUid: map.sopInstanceUid(sopInstanceUid),
  }));
}
