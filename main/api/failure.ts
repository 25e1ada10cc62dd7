import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ErrorResponse } from '../../core/api/requests.ts';
import { SystolaError, type ErrorCode } from '../../core/error.ts';

/** HTTP status of an expected failure. What is wrong with a given file is 422: understood, but not usable. */
export function statusOf(code: ErrorCode): ContentfulStatusCode {
  switch (code) {
    case 'bad-request':
      return 400;
    case 'unauthorised':
      return 401;
    case 'not-found':
    case 'file-missing':
    case 'model-not-found':
      return 404;
    case 'revision-conflict':
    case 'file-exists':
    case 'model-name-taken':
    case 'model-in-use':
    case 'cancelled':
      return 409;
    case 'too-large':
      return 413;
    case 'library-locked':
    case 'library-damaged':
      return 423;
    case 'internal':
      return 500;
    case 'provider-unavailable':
    case 'inference-failed':
    case 'inference-stopped':
      return 503;
    case 'disk-full':
      return 507;
    default:
      return 422;
  }
}

/** False of a defect. Who asked and has gone, or has asked again, ends what was begun for it by `signal`. */
export function isExpected(error: unknown, signal: AbortSignal): boolean {
  if (error instanceof SystolaError) return true;
  return (
    signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
  );
}

/** The answer to an expected failure; defects are answered without their text, which may name a patient. */
export function failureOf(error: unknown): { status: ContentfulStatusCode; body: ErrorResponse } {
  if (error instanceof SystolaError) {
    const { code, message, file } = error;
    return { status: statusOf(code), body: { error: { code, message, file } } };
  }
  const message = 'Something went wrong inside Systola. Nothing was lost; try again.';
  return { status: 500, body: { error: { code: 'internal', message, file: null } } };
}
