import type { StudyFacts } from '../../core/clip/clip.ts';
import type { Change, Decision, Revision, RunRecord } from '../../core/review/review.ts';
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
      values: revision.changes.filter(isSpelledOut).map(withoutNumbers),
    },
  };
}

/** The numbers of a signature and contours stay in the revision; which version it is, and of what, is said. */
function withoutNumbers(change: Change): unknown {
  if (change.slot === 'run') {
    const told = (run: RunRecord | null): unknown => {
      if (run?.covered === undefined) return run;
      const { covered, ...record } = run;
      const frames = Object.entries(covered).map(([structure, traces]) => [
        structure,
        Object.keys(traces).length,
      ]);
      return { ...record, coveredFrames: Object.fromEntries(frames) as unknown };
    };
    return { ...change, before: told(change.before), after: told(change.after) };
  }
  if (change.slot !== 'decision') return change;
  const told = (decision: Decision): unknown => {
    if (decision.state === 'pending' || decision.signed === undefined) return decision;
    const { version, replaces, head, software } = decision.signed;
    return { ...decision, signed: { version, replaces, head, software } };
  };
  return { ...change, before: told(change.before), after: told(change.after) };
}

function isSpelledOut(change: Change): boolean {
  return change.slot !== 'trace';
}
