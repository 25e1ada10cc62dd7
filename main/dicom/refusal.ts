import { SystolaError, type ErrorCode } from '../../core/error.ts';

/** A refusal of one file; the message says what is wrong and what can be done. */
export function refusal(code: ErrorCode, file: string, message: string, cause?: unknown): SystolaError {
  return new SystolaError(code, message, file, cause === undefined ? undefined : { cause });
}

export function truncated(file: string, what: string): SystolaError {
  return refusal('truncated', file, `The file ends before ${what}. Copy it again from its source.`);
}

export function malformed(file: string, what: string): SystolaError {
  return refusal('malformed', file, `The file is damaged: ${what}. Export it again from its source.`);
}
