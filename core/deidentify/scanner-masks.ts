import { z } from 'zod';
import { keepMaskSchema, type KeepMask } from './keep-mask.ts';

/** What decides where a scanner draws its picture: device, probe, and the size of the screen. */
export interface Scanner {
  /** Manufacturer's Model Name (0008,1090). */
  readonly model: string | null;
  /** Transducer Data (0018,5010), else Transducer Type (0018,6031). */
  readonly transducer: string | null;
  readonly rows: number;
  readonly columns: number;
}

/** A mask that a person ticked for a clip of this scanner, the last one. */
export interface ScannerMask {
  readonly scanner: Scanner;
  readonly mask: KeepMask;
}

/** More than a laboratory has scanners and probes; the oldest go. */
const mostScanners = 200;

export const scannerMasksSchema: z.ZodType<readonly ScannerMask[]> = z
  .array(
    z.strictObject({
      scanner: z.strictObject({
        model: z.string().max(256).nullable(),
        transducer: z.string().max(256).nullable(),
        rows: z.int().positive(),
        columns: z.int().positive(),
      }),
      mask: keepMaskSchema,
    }),
  )
  .max(mostScanners);

/** The mask that was ticked last for a clip of the same scanner; null where there is none, or nobody knows the scanner. */
export function maskOfScanner(masks: readonly ScannerMask[], scanner: Scanner): KeepMask | null {
  return masks.find((known) => isSame(known.scanner, scanner))?.mask ?? null;
}

/** The masks with one that was just ticked, first. */
export function withScannerMask(
  masks: readonly ScannerMask[],
  scanner: Scanner,
  mask: KeepMask,
): readonly ScannerMask[] {
  if (scanner.model === null) return masks;
  return [{ scanner, mask }, ...masks.filter((known) => !isSame(known.scanner, scanner))].slice(
    0,
    mostScanners,
  );
}

function isSame(a: Scanner, b: Scanner): boolean {
  const sameDevice = a.model !== null && a.model === b.model && a.transducer === b.transducer;
  return sameDevice && a.rows === b.rows && a.columns === b.columns;
}
