import type { StudyDocument } from '../../core/api/requests.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { auditEvents, auditOutcomes, type AuditOutcome } from '../library/audit.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';
import type { ReportedFile } from '../report/report-input.ts';
import { writeReportPdf } from '../report/report.ts';
import type { Services } from './services.ts';
import { installation } from './installation.ts';
import { tracedStructures } from '../../core/review/traces.ts';

/** The study's report, from its traces as they are now; the export is in the audit log. */
export async function reportPdf(
  { library, decoder }: Pick<Services, 'library' | 'decoder'>,
  document: StudyDocument,
): Promise<Uint8Array> {
  const settings = library.settings();
  const { facts, clips, review } = document;
  const record = (outcome: AuditOutcome): void =>
    library.record({
      event: auditEvents.export,
      action: 'R',
      outcome,
      user: library.user(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId: facts.patient.patientId,
      detail: { what: 'report.pdf', head: document.head },
    });
  try {
    const pdf = await writeReportPdf({
      document,
      measurements: measureStudy(facts, clips, review, settings),
      settings,
      softwareVersion: installation.version,
      frame: (sopInstanceUid, frame) => decoder.frame(frameSource(library.clip(sopInstanceUid)), frame),
      files: await reportedFiles(library, document),
      createdAt: new Date(),
    });
    record(auditOutcomes.success);
    return pdf;
  } catch (error) {
    record(auditOutcomes.seriousFailure);
    throw error;
  }
}

/** Whether the files behind the study's clips are what was imported; those with contours are compared whole. */
async function reportedFiles(
  library: Library,
  { clips, review }: StudyDocument,
): Promise<Map<string, ReportedFile>> {
  const files = new Map<string, ReportedFile>();
  for (const { sopInstanceUid, fileName } of clips) {
    const { sha256, bytes } = library.clip(sopInstanceUid);
    const isContoured = tracedStructures(review.clips[sopInstanceUid]).length > 0;
    const sound = isContoured ? await library.files.holds(sha256, bytes) : await library.files.has(sha256);
    files.set(sopInstanceUid, { fileName, sha256, sound });
  }
  return files;
}

/** A name for the file that says which study without naming the patient; ASCII, safe in a header. */
export function reportFileName({ facts }: StudyDocument): string {
  const date = facts.studyDate?.replace(/[^0-9]/g, '') ?? '';
  const uid = facts.studyInstanceUid.replace(/[^0-9.]/g, '').slice(-12);
  return `systola-report-${date === '' ? uid : `${date}-${uid}`}.pdf`;
}
