import type { ErrorResponse } from '../../../../core/api/requests.ts';
import { errorCodes, SystolaError } from '../../../../core/error.ts';
import { writeAtomically } from '../../../files/write-atomically.ts';
import { origin } from '../scheme.ts';

/**
 * Has a study exported and writes the file whole or not at all.
 * @param application Fetch-API handler of the application
 * @throws SystolaError as the application or the file system said
 */
export async function saveExport(
  application: (request: Request) => Response | Promise<Response>,
  studyInstanceUid: string,
  format: string,
  path: string,
): Promise<void> {
  const address = `${origin}/api/studies/${encodeURIComponent(studyInstanceUid)}/exports/${format}`;
  const response = await application(new Request(address));
  if (!response.ok) throw await refusalOf(response);
  // As it comes: a folder as ZIP may be larger than memory.
  const body = response.body as AsyncIterable<Uint8Array> | null;
  await writeAtomically(path, body ?? new Uint8Array());
}

/** What the application said, as the error that it was. */
async function refusalOf(response: Response): Promise<SystolaError> {
  const answer = (await response.json().catch(() => null)) as Partial<ErrorResponse> | null;
  const { code, message, file = null } = answer?.error ?? {};
  const known = errorCodes.find((one) => one === code) ?? 'internal';
  return new SystolaError(known, message ?? 'The file could not be made.', file);
}

/** The name that was typed, with its ending: not every system's dialog adds what was left out. */
export function withEnding(path: string, extension: string): string {
  return path.toLowerCase().endsWith(`.${extension}`) ? path : `${path}.${extension}`;
}
