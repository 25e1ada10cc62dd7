import type { StudyDocument } from '../../core/api/requests.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { tracedStructures } from '../../core/review/traces.ts';
import type { Exporter, ExportSnapshot } from '../export/exporter.ts';
import { auditEvents, auditOutcomes, type AuditOutcome } from '../library/audit.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';
import type { ReportedFile } from '../report/report-input.ts';
import { installation } from './installation.ts';
import type { Services } from './services.ts';

interface ExportOptions {
  /** Whether the patient may be named; left out, as the reader ticked it. */
  readonly withPatient?: boolean;
}

/**
 * A study as a file, from its traces as they are now; the export is in the audit log.
 *
 * @throws SystolaError of the exporter, or of an audit log that takes no entry
 */
export async function exportStudy(
  services: Pick<Services, 'library' | 'decoder' | 'languages'>,
  document: StudyDocument,
  exporter: Exporter,
  options: ExportOptions = {},
): Promise<Uint8Array> {
  const { library } = services;
  const { facts, head } = document;
  const record = (outcome: AuditOutcome): void =>
    library.record({
      event: auditEvents.export,
      action: 'R',
      outcome,
      user: library.user(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId: facts.patient.patientId,
      detail: { format: exporter.id, head },
    });
  try {
    const bytes = await exporter.write(exportSnapshot(services, document, options));
    record(auditOutcomes.success);
    return bytes;
  } catch (error) {
    record(auditOutcomes.seriousFailure);
    throw error;
  }
}

/** The study at this moment, with everything that an exporter may ask for. */
export function exportSnapshot(
  { library, decoder, languages }: Pick<Services, 'library' | 'decoder' | 'languages'>,
  document: StudyDocument,
  { withPatient }: ExportOptions = {},
): ExportSnapshot {
  const { facts, clips, review } = document;
  const settings = library.settings();
  return {
    document,
    measurements: measureStudy(facts, clips, review, settings),
    settings,
    words: languages.current,
    softwareVersion: installation.version,
    createdAt: new Date(),
    withPatient: withPatient ?? settings.patientInFileNames,
    frame: (sopInstanceUid, frame) => decoder.frame(frameSource(library.clip(sopInstanceUid)), frame),
    earlierExports: () => [],
    files: () => reportedFiles(library, document),
  };
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
