import type { ClipFacts, PatientFacts, StudyFacts } from '../../core/clip/clip.ts';
import type { Identifiers } from './identifiers.ts';
import type { IdentityMap } from './identity-map.ts';

const sexTag = 0x0010_0040;
const sizeTag = 0x0010_1020;
const weightTag = 0x0010_1030;

/** What is known of a study and its patient as it may leave: every field by name, so that a new one stays here. */
export function pseudonymisedStudy(study: StudyFacts, map: IdentityMap): StudyFacts {
  return {
    studyInstanceUid: map.studyInstanceUid(study.studyInstanceUid),
    patient: pseudonymisedPatient(study.patient, map),
    studyDate: map.date(study.studyDate),
    description: null,
    accessionNumber: null,
    heightCm: map.keeps(sizeTag) ? study.heightCm : null,
    weightKg: map.keeps(weightTag) ? study.weightKg : null,
    heartRateBpm: study.heartRateBpm,
  };
}

function pseudonymisedPatient({ sex, statedAge }: PatientFacts, map: IdentityMap): PatientFacts {
  const age = map.age(statedAge);
  return {
    patientId: map.pseudonym,
    issuerOfPatientId: null,
    name: { alphabetic: map.pseudonym, ideographic: '', phonetic: '' },
    birthDate: null,
    sex: map.keeps(sexTag) ? sex : 'unknown',
    ...(age === null ? {} : { statedAge: age }),
  };
}

/** What a clip says of itself as it may leave; words of a scanner's user that name somebody go. */
export function pseudonymisedClip(
  clip: ClipFacts,
  map: IdentityMap,
  identifiers: Pick<Identifiers, 'standIn'>,
): ClipFacts {
  const { viewName } = clip;
  const sopInstanceUid = map.sopInstanceUid(clip.sopInstanceUid);
  return {
    sopInstanceUid,
    sopClassUid: clip.sopClassUid,
    transferSyntaxUid: clip.transferSyntaxUid,
    seriesInstanceUid: map.seriesInstanceUid(clip.seriesInstanceUid),
    studyInstanceUid: map.studyInstanceUid(clip.studyInstanceUid),
    instanceNumber: clip.instanceNumber,
    fileName: `${sopInstanceUid}.dcm`,
    rows: clip.rows,
    columns: clip.columns,
    frames: clip.frames,
    timing: clip.timing,
    regions: clip.regions,
    pixelSpacingMm: clip.pixelSpacingMm,
    pixelAspectRatio: clip.pixelAspectRatio,
    view: clip.view,
    stage: map.stage(clip.stage, identifiers),
    viewName: viewName === null || identifiers.standIn(viewName) ? null : viewName,
    viewNumber: clip.viewNumber,
    heartRateBpm: clip.heartRateBpm,
    rWaveTimesMs: clip.rWaveTimesMs,
    colourOverlay: clip.colourOverlay,
    bMode: clip.bMode,
    lossy: clip.lossy,
    acquiredAt: map.date(clip.acquiredAt),
    manufacturer: clip.manufacturer,
    manufacturerModel: clip.manufacturerModel,
    oddities: clip.oddities,
  };
}
