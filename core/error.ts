/** Codes of everything that can be wrong with what a user gave us or with the machine. */
export const errorCodes = [
  'not-dicom',
  'truncated',
  'malformed',
  'unsupported-sop-class',
  'unsupported-transfer-syntax',
  'unsupported-pixel-format',
  'missing-pixel-data',
  'impossible-size',
  'decode-failed',
  'duplicate-instance',
  'empty-file',
  'too-large',
  'unreadable',
  'file-altered',
  'file-missing',
  'not-found',
  'archive-damaged',
  'archive-too-large',
  'disk-full',
  'model-not-found',
  'model-invalid',
  'model-hash-mismatch',
  'model-is-checkpoint',
  'model-name-taken',
  'model-in-use',
  'provider-unavailable',
  'inference-failed',
  'inference-stopped',
  'cancelled',
  'revision-conflict',
  'bad-request',
  'unauthorised',
  'library-locked',
  'newer-version',
  'library-damaged',
  'not-writable',
  'unwritable',
  'file-exists',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/**
 * An expected failure: which file, what is wrong, what to do, in a sentence for a person.
 * Anything else that is thrown is a defect and reported as `internal`.
 */
export class SystolaError extends Error {
  readonly code: ErrorCode;
  /** File or instance concerned, as the user knows it. */
  readonly file: string | null;

  constructor(code: ErrorCode, message: string, file: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SystolaError';
    this.code = code;
    this.file = file;
  }
}
