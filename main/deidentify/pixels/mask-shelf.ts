import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { keepMaskSchema, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import {
  maskOfScanner,
  scannerMasksSchema,
  withScannerMask,
  type Scanner,
  type ScannerMask,
} from '../../../core/deidentify/scanner-masks.ts';
import { SystolaError } from '../../../core/error.ts';
import { fileError } from '../../files/file-error.ts';
import { writeAtomically } from '../../files/write-atomically.ts';
import { isUid } from '../../dicom/uid.ts';

const checkedMaskSchema = z.strictObject({
  mask: keepMaskSchema,
  by: z.string().max(400),
  /** ISO 8601, UTC. */
  at: z.string().max(40),
});

/** A mask that somebody ticked after looking at what stays of all frames. */
export type CheckedMask = z.infer<typeof checkedMaskSchema>;

/**
 * Masks that people ticked, in a folder: a file for each clip, and one with the last mask of each scanner. What cannot be
 * read is as if it had not been ticked: somebody looks again.
 */
export class MaskShelf {
  readonly #folder: string;
  /** Masks of scanners are read and written in one turn: ticks in two windows come at once. */
  #scannersTurn: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws SystolaError `unreadable` where the disk does not give the file */
  async checked(sopInstanceUid: string): Promise<CheckedMask | null> {
    return this.#read(this.#clip(sopInstanceUid), checkedMaskSchema);
  }

  /** @throws SystolaError `disk-full`, `unreadable` */
  async check(sopInstanceUid: string, checked: CheckedMask, scanner: Scanner): Promise<void> {
    await writeAtomically(this.#clip(sopInstanceUid), `${JSON.stringify(checked)}\n`);
    const remembered = this.#scannersTurn.then(() => this.#remember(scanner, checked.mask));
    this.#scannersTurn = remembered.catch(() => undefined);
    await remembered;
  }

  async uncheck(sopInstanceUid: string): Promise<void> {
    await rm(this.#clip(sopInstanceUid), { force: true });
  }

  /** The last mask that was ticked for a clip of this scanner. */
  async remembered(scanner: Scanner): Promise<KeepMask | null> {
    return maskOfScanner(await this.#scanners(), scanner);
  }

  async #remember(scanner: Scanner, mask: KeepMask): Promise<void> {
    const known = await this.#scanners();
    const masks = withScannerMask(known, scanner, mask);
    if (masks !== known) await writeAtomically(this.#scannersPath, `${JSON.stringify(masks)}\n`);
  }

  async #scanners(): Promise<readonly ScannerMask[]> {
    return (await this.#read(this.#scannersPath, scannerMasksSchema)) ?? [];
  }

  get #scannersPath(): string {
    return join(this.#folder, 'scanners.json');
  }

  #clip(sopInstanceUid: string): string {
    if (!isUid(sopInstanceUid)) throw new SystolaError('bad-request', 'This is no UID of a clip.');
    return join(this.#folder, 'clips', `${sopInstanceUid}.json`);
  }

  async #read<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      const named = fileError(error, path);
      if (named instanceof SystolaError && named.code === 'not-found') return null;
      throw named;
    }
    try {
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }
}
