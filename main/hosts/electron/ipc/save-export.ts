import type { MappingRequest } from '../../../../core/api/mapping.ts';
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
  await saveAnswer(application, new Request(address), path);
}

/** Only its owner may read who is who. */
const ownersOnly = 0o600;

/**
 * Has the table of who is who made and writes it whole or not at all.
 * @throws SystolaError as the application or the file system said
 */
export async function saveMapping(
  application: (request: Request) => Response | Promise<Response>,
  mapping: MappingRequest,
  path: string,
): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify(mapping) };
  await saveAnswer(application, new Request(`${origin}/api/mappings`, request), path, ownersOnly);
}

async function saveAnswer(
  application: (request: Request) => Response | Promise<Response>,
  request: Request,
  path: string,
  mode?: number,
): Promise<void> {
  const response = await application(request);
  if (!response.ok) throw await refusalOf(response);
  // As it comes: a folder as ZIP may be larger than memory.
  const body = response.body as AsyncIterable<Uint8Array> | null;
  await writeAtomically(path, body ?? new Uint8Array(), mode);
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
