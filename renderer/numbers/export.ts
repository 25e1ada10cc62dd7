import type { ExportFormat } from '../../core/export/export-format.ts';
import { exportFileName } from '../../core/export/export-file-name.ts';
import { api, RequestError } from '../api/client.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';

let writing = false;

/** Writes the report of what is on screen. */
export function exportReport(study: OpenStudy): Promise<void> {
  return exportAs(study, session.info?.exportFormats[0]);
}

/**
 * Writes what is on screen in one of the formats: through the system's dialog on the desktop, as a download in a
 * browser.
 */
export async function exportAs(study: OpenStudy, format: ExportFormat | undefined): Promise<void> {
  if (writing || format === undefined) return;
  if (study.unsaved) {
    report(
      'warning',
      `The ${format.content} was not written: it is made of what the library holds, and your last changes are not saved yet. Try again when they are.`,
    );
    return;
  }
  writing = true;
  // What was changed a moment ago may still be on its way.
  await study.saved();
  const name = exportFileName(study.facts, format, { withPatient: session.settings.patientInFileNames });
  const file =
    study.review.decision.state === 'pending' ? `PENDING ${format.content}` : capital(format.content);
  const unsigned = study.review.decision.state === 'pending' ? ' (nobody has signed it)' : '';
  try {
    if (window.systola) {
      const path = await saved(study, format, name);
      if (path !== null) report('information', `${file}${unsigned} written to ${path}`);
      return;
    }
    const address = URL.createObjectURL(await api.exported(study.uid, format.id));
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    report('information', `${file}${unsigned} saved as ${name}`);
  } catch (error) {
    report('error', `The ${format.content} was not written: ${(error as Error).message}`);
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

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
