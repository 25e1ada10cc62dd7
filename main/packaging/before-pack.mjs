/*
 * electron-builder runs this before it packs: writes the manifest of what will lie outside the archive, so that the
 * archive holds it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { manifestPath, outsideFiles } from './outside-files.mjs';

/** @param {import('electron-builder').BeforePackContext} context */
export default async function beforePack(context) {
  const path = manifestPath(context.packager.projectDir);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(await outsideFiles(context), null, 1)}\n`);
}
