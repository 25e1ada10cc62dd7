import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { ImportState } from '../../../core/api/events.ts';
import { closeGuardedReader, readInstanceGuarded } from '../../../main/dicom/guarded-reader.ts';
import { ImportService } from '../../../main/import/import-service.ts';
import { defaultImportLimits, type ImportLimits } from '../../../main/import/limits.ts';
import { Library } from '../../../main/library/library.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

export const folder = temporaryFolders();
/** Closed after the test. */
export const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
  await closeGuardedReader();
});

/** An importer over a new library, and what it told; closed after the test. */
export async function importer(limits: Partial<ImportLimits> = {}) {
  const path = folder();
  const library = await Library.open(path);
  const states: ImportState[] = [];
  const imports = new ImportService({
    library,
    readInstance: readInstanceGuarded,
    limits: { ...defaultImportLimits, ...limits },
    onState: (state) => states.push(state),
    onStudiesChanged: () => undefined,
    onDefect: (error) => {
      throw error;
    },
  });
  open.push({
    async close() {
      await imports.close();
      library.close();
    },
  });
  const take = (...paths: string[]) => imports.ended(imports.start(paths).importId);
  return { path, library, imports, states, take };
}

export const instance = (number: number, options: DicomOptions = {}): Uint8Array =>
  buildDicom({ sopInstanceUid: `1.2.3.4.${number}`, ...options });

/** What lies in a library's folders: files on their way, and instances in their place. */
export function leftovers(path: string): { incoming: string[]; files: string[] } {
  return {
    incoming: readdirSync(join(path, 'incoming')),
    files: readdirSync(join(path, 'files'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.dcm')),
  };
}
