import type { StudyDocument } from '../../core/api/requests.ts';
import type { Exporter } from '../export/exporter.ts';
import { auditEvents, auditOutcomes, type AuditOutcome } from '../library/audit.ts';
import { randomUUID } from 'node:crypto';
import { exportFileName } from '../../core/export/export-file-name.ts';
import { exportedEntry, listOf, type ExportDetail, type ExportedEntry } from './export-audit.ts';
import { deletedMeanwhile, isStillThere } from './still-there.ts';
import { exportSnapshot, type SnapshotOptions, type SnapshotServices } from './export-snapshot.ts';

/**
 * A study as one file in memory, from its traces as they are now; the export is in the audit log.
 *
 * @throws SystolaError of the exporter, or of an audit log that takes no entry
 */
export async function exportStudy(
  services: SnapshotServices,
  document: StudyDocument,
  exporter: Exporter,
  options: SnapshotOptions = {},
): Promise<Uint8Array> {
  const { library } = services;
  const { facts, head } = document;
  const record = (outcome: AuditOutcome, files: readonly ExportedEntry[]): void => {
    const detail: ExportDetail = {
      export: randomUUID(),
      destination: 'file',
      formats: [exporter.id],
      head,
      files: [...files],
      list: listOf(files),
    };
    library.record({
      event: auditEvents.export,
      action: 'R',
      outcome,
      user: library.user(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId: facts.patient.patientId,
      detail,
    });
  };
  try {
    const since = library.care.deletions;
    const bytes = await exporter.write(exportSnapshot(services, document, options));
    if (!isStillThere(library, document, since)) throw deletedMeanwhile(facts.studyInstanceUid);
    record(auditOutcomes.success, [
      exportedEntry(exporter.id, { path: exportFileName(facts, exporter), bytes }),
    ]);
    return bytes;
  } catch (error) {
    record(auditOutcomes.seriousFailure, []);
    throw error;
  }
}
