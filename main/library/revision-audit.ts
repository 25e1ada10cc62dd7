import type { StudyFacts } from '../../core/clip/clip.ts';
import type { Change, Revision } from '../../core/review/review.ts';
import { auditEvents, auditOutcomes, type AuditRecord } from './audit.ts';

/** What the audit log says of a revision. */
export function revisionAudit(revision: Revision, study: StudyFacts): AuditRecord {
  const slots = [...new Set(revision.changes.map((change) => change.slot))];
  return {
    event: auditEvents.patientRecord,
    action: 'U',
    outcome: auditOutcomes.success,
    user: revision.author,
    studyInstanceUid: revision.studyInstanceUid,
    patientId: study.patient.patientId,
    detail: {
      revision: revision.id,
      kind: revision.kind,
      label: revision.label,
      target: revision.target,
      slots,
      // Contours are many and stay in the revision; what is signed or scales a number is spelled out here.
      values: revision.changes.filter(isSpelledOut),
    },
  };
}

function isSpelledOut(change: Change): boolean {
  return change.slot !== 'trace';
}
