import type { ExportFormat } from '../../core/export/export-format.ts';
import { exportFileName } from '../../core/export/export-file-name.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf, RequestError } from '../api/client.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';

let writing = false;

/**
 * Writes the report of what is on screen, without the dialog for exports: through the system's dialog on the desktop, as
 * a download in a browser.
 */
export async function exportReport(study: OpenStudy): Promise<void> {
  const format = session.info?.exportFormats[0];
  if (writing || format === undefined) return;
  if (study.unsaved) {
    report('warning', message('export.unsaved'));
    return;
  }
  writing = true;
  // What was changed a moment ago may still be on its way.
  await study.saved();
  const name = exportFileName(study.facts, format, { withPatient: session.settings.patientInFileNames });
  const signed = study.review.decision.state === 'pending' ? 'no' : 'other';
  try {
    if (window.systola) {
      const path = await saved(study, format, name);
      if (path !== null) report('information', message('export.written', { signed, path }));
      return;
    }
    const address = URL.createObjectURL(await api.exported(study.uid, format.id));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    report('information', message('export.saved', { signed, name }));
  } catch (error) {
    report('error', message('export.failed', { reason: reasonOf(error) }));
  } finally {
    writing = false;
  }
}

async function saved(study: OpenStudy, format: ExportFormat, name: string): Promise<string | null> {
  const answer = await window.systola?.saveExport(study.uid, format.id, name);
  if (answer === undefined) return null;
  if ('path' in answer) return answer.path;
  const { code, message, file } = answer.error;
  throw new RequestError(code, 0, message, file);
}
