import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from '../../../files/write-atomically.ts';
import type { WindowState } from './window-state.ts';

const keptWindowSchema = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  maximised: z.boolean(),
  /** Whether it was open when the application ended; files from before that was kept do not say. */
  open: z.boolean().optional(),
});
type KeptWindow = WindowState & { readonly open?: boolean | undefined };

/** Where a window was and whether it was open, in a file; what is written last stays. */
export class WindowStateFile {
  readonly #path: string;
  #written: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** What was saved; null when nothing was, or when it makes no sense. */
  read(): KeptWindow | null {
    try {
      return keptWindowSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return null;
    }
  }

  /** A window in the wrong place next time is no reason to hold anything up, nor to say so. */
  write(state: KeptWindow): void {
    this.#written = this.#written
      .then(() => writeAtomically(this.#path, `${JSON.stringify(state)}\n`))
      .catch(() => undefined);
  }

  /** Resolves when all of it is on disk. */
  written(): Promise<void> {
    return this.#written;
  }
}
