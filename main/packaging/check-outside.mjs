/*
 * electron-builder runs this after it packed, and again after it signed: a package whose files outside the archive are
 * not those of its manifest would refuse to start.
 */
import { readFileSync } from 'node:fs';
import { problemOutside } from '../hosts/electron/integrity/outside-files.ts';
import { manifestPath } from './outside-files.mjs';

/** @param {import('electron-builder').AfterPackContext} context */
export default async function checkOutside(context) {
  const manifest = JSON.parse(readFileSync(manifestPath(context.packager.projectDir), 'utf8'));
  const problem = await problemOutside(manifest, context.packager.getResourcesDir(context.appOutDir));
  if (problem !== null)
    throw new Error(`${problem.path} outside the archive was ${problem.what} by packaging.`);
}
