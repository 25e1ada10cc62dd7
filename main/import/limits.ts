import { SystolaError } from '../../core/error.ts';

const mebibyte = 1024 * 1024;

/** Limits that come before any allocation; a file beyond one is refused, never half-read. */
export interface ImportLimits {
  /** One DICOM file, also one archive entry after inflating. */
  readonly fileBytes: number;
  /** One uploaded or chosen archive. */
  readonly archiveBytes: number;
  readonly archiveEntries: number;
  /** All entries of one archive together, after inflating. */
  readonly archiveInflatedBytes: number;
  /** Inflated over packed size of an entry and of a whole archive; beyond it, and above `ratioFloorBytes`, it is a bomb. */
  readonly inflationRatio: number;
  readonly ratioFloorBytes: number;
  /** No answer and no progress for so long means that the disk, share or device behind a path is not there. */
  readonly pathSilenceMs: number;
}

export const defaultImportLimits: ImportLimits = {
  fileBytes: 1024 * mebibyte,
  archiveBytes: 8 * 1024 * mebibyte,
  archiveEntries: 20_000,
  archiveInflatedBytes: 16 * 1024 * mebibyte,
  inflationRatio: 200,
  ratioFloorBytes: 32 * mebibyte,
  pathSilenceMs: 30_000,
};

export function tooLarge(name: string, limitBytes: number): SystolaError {
  return new SystolaError(
    'too-large',
    `It is larger than the ${Math.floor(limitBytes / mebibyte)} MiB that are taken for one file.`,
    name,
  );
}
