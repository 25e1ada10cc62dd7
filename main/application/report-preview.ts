import type { ReportPreviewRequest } from '../../core/api/report.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import { writtenText } from '../../core/conclusion/report-texts.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { applyChanges, withDecisionReset } from '../../core/review/apply.ts';
import { reportFields } from '../../core/review/report-field.ts';
import type { Change } from '../../core/review/review.ts';
import { exportSnapshot, type SnapshotServices } from './export-snapshot.ts';

/**
 * The report as it would be with these texts, for the reader who has the study open: nothing is recorded and nothing
 * leaves. Texts that are others than those of the study take its signature back here as they would when they are saved.
 */
export async function previewReport(
  services: SnapshotServices,
  document: StudyDocument,
  { texts }: ReportPreviewRequest,
): Promise<Uint8Array> {
  const { facts, clips, review } = document;
  const { measurements } = measureStudy(facts, clips, review, services.library.settings());
  const changes = reportFields.flatMap((field): Change[] => {
    const text = texts[field];
    if (text === undefined) return [];
    const before = review.texts[field] ?? null;
    if (before?.text === text || (before === null && text === null)) return [];
    const after = text === null ? null : writtenText(field, text, measurements);
    return [{ slot: 'text', field, before, after }];
  });
  const written = { ...document, review: applyChanges(review, withDecisionReset(review, changes)) };
  const { files, arrangement, ...snapshot } = exportSnapshot(services, written);
  const { writeReportPdf } = await import('../report/report.ts');
  return writeReportPdf({ ...snapshot, ...(await arrangement()), files: await files() });
}
