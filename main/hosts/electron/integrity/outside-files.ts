import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SystolaError } from '../../../../core/error.ts';

/**
 * What lies beside the application's archive in a package, where no hash of the archive covers it: Node, the
 * inference process, its native library, the models, the sample study. The manifest is made when the application is
 * packaged and lies in the archive.
 */
export interface OutsideFiles {
  /** Folders of the resources folder that hold nothing but these files. */
  readonly folders: readonly string[];
  /**
   * SHA-256 by path in the resources folder, with forward slashes. Null where signing the package rewrites the file
   * (programs on macOS), whose signature has to cover it. Some may be left out of a package.
   */
  readonly sha256: Readonly<Record<string, string | null>>;
}

const outsideFilesSchema = z.strictObject({
  folders: z.array(z.string().min(1)).min(1),
  sha256: z.record(
    z.string(),
    z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
  ),
});

/**
 * Compares what lies beside the archive with the manifest in it.
 * @param manifestPath file in the archive
 * @param resources folder of the archive
 * @throws SystolaError `malformed` that names the first file that was altered or added
 */
export async function checkOutsideFiles(manifestPath: string, resources: string): Promise<void> {
  const manifest = outsideFilesSchema.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  const problem = await problemOutside(manifest, resources);
  if (problem === null) return;
  throw new SystolaError(
    'malformed',
    `This installation of Systola is not as it was made: ${problem.path} was ${problem.what}. Install it again.`,
    join(resources, problem.path),
  );
}

/** The first file, by name, that is not as the manifest has it; null when all are. */
export async function problemOutside(
  { folders, sha256 }: OutsideFiles,
  resources: string,
): Promise<{ path: string; what: 'altered' | 'added' } | null> {
  const known = new Map(Object.entries(sha256));
  for (const folder of folders) {
    // What was taken away shows where it is used, or is not needed.
    if (!(await isThere(join(resources, folder)))) continue;
    for await (const { path, isFile } of filesBelow(resources, folder)) {
      const wanted = known.get(path);
      if (wanted === undefined || !isFile) return { path, what: 'added' };
      if (wanted !== null && (await sha256Of(join(resources, path))) !== wanted)
        return { path, what: 'altered' };
    }
  }
  return null;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Everything below a folder but folders, in the order of names; a link is not followed. */
export async function* filesBelow(
  root: string,
  folder: string,
): AsyncGenerator<{ path: string; isFile: boolean }> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else yield { path, isFile: entry.isFile() };
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
