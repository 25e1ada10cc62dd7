import { SystolaError } from '../../../../core/error.ts';
import { writeAtomically } from '../../../files/write-atomically.ts';
import { origin } from '../scheme.ts';

/**
 * Renders a study's report and writes it whole or not at all.
 * @param application Fetch-API handler of the application
 * @throws SystolaError with what the application or the file system said
 */
export async function saveReport(
  application: (request: Request) => Response | Promise<Response>,
  studyInstanceUid: string,
  path: string,
): Promise<void> {
  const response = await application(new Request(`${origin}/api/studies/${studyInstanceUid}/report.pdf`));
  if (!response.ok) {
    const answer = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
    throw new SystolaError('internal', answer?.error?.message ?? 'The report could not be made.');
  }
  await writeAtomically(path, new Uint8Array(await response.arrayBuffer()));
}

/** A suggested name as a file name that every system takes, ending in .pdf. */
export function reportFileName(suggested: string): string {
  const stem = suggested
    .replace(/\.pdf$/i, '')
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120);
  return `${stem || 'report'}.pdf`;
}

/** The name that was typed, ending in .pdf: not every system's dialog adds what was left out. */
export function withPdfEnding(path: string): string {
  return /\.pdf$/i.test(path) ? path : `${path}.pdf`;
}
