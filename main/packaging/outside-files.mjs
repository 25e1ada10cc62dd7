import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Arch } from 'electron-builder';
import { filesBelow, sha256Of } from '../hosts/electron/integrity/outside-files.ts';

/** @param {string} root folder of package.json */
export function manifestPath(root) {
  return join(root, 'dist', 'outside-files.json');
}

const require = createRequire(import.meta.url);
/** How electron-builder shortens the package.json of packages on their way into the archive or beside it. */
const { createTransformer } = createRequire(require.resolve('electron-builder/package.json'))(
  'app-builder-lib/out/fileTransformer.js',
);

/** Programs that macOS signs, which rewrites them. */
const signedOnMac = /(?:^|\/)node$|\.(?:node|dylib)$/;

/**
 * Hashes of all that the configuration puts beside the archive, from where it is taken. Files of the unpacked
 * packages that a filter leaves out are in it too; they are not missed.
 * @param {import('electron-builder').BeforePackContext} context
 * @returns {Promise<import('../hosts/electron/integrity/outside-files.ts').OutsideFiles>}
 */
export async function outsideFiles({ packager, electronPlatformName: platform, arch }) {
  const { extraResources, asarUnpack } = packager.config;
  // electron-builder passes over what is not there: a checkout may have no recogniser of views.
  const resources = /** @type {{ from: string, to: string }[]} */ (extraResources).filter(({ from }) =>
    existsSync(join(packager.projectDir, from)),
  );
  // Folders with all that is in them, or one file each.
  const unpacked = /** @type {string[]} */ (asarUnpack).map((pattern) => pattern.replace(/\/\*\*$/, ''));
  const trees = [
    ...resources,
    ...unpacked.map((folder) => ({ from: folder, to: `app.asar.unpacked/${folder}` })),
  ];
  // Native libraries for other systems stay out; see "files" in the configuration.
  const foreign = new RegExp(`/bin/napi-v\\d+/(?!${platform}/${Arch[arch]}/)`);

  /** @type {(file: string) => Promise<string | null> | null} */
  const transform = createTransformer(packager.projectDir, packager.config, null, null);
  /** @param {string} file */
  const packedSha256 = async (file) => {
    const text = await transform(file);
    return text ? createHash('sha256').update(text).digest('hex') : sha256Of(file);
  };

  /** @type {Record<string, string | null>} */
  const sha256 = {};
  for (const { from, to } of trees) {
    const isFile = statSync(join(packager.projectDir, from)).isFile();
    for await (const { path } of isFile ? [{ path: from }] : filesBelow(packager.projectDir, from)) {
      if (foreign.test(path)) continue;
      const signed = platform === 'darwin' && signedOnMac.test(path);
      const file = join(packager.projectDir, path);
      const isUnpacked = to.startsWith('app.asar.unpacked/');
      sha256[to + path.slice(from.length)] = signed
        ? null
        : await (isUnpacked ? packedSha256(file) : sha256Of(file));
    }
  }
  const folders = new Set(trees.map(({ to }) => to.split('/')[0] ?? to));
  return { folders: [...folders].sort(), sha256 };
}
