import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Installation {
  /** Folder that holds package.json, and beside it `models` and `assets`. */
  readonly root: string;
  readonly version: string;
}

/** Where Systola is installed: two folders up from the sources, three from what tsc emits. */
export const installation: Installation = findInstallation();

function findInstallation(): Installation {
  for (const place of ['../../package.json', '../../../package.json']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    try {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
      if (name === 'systola' && version !== undefined) return { root: dirname(path), version };
    } catch {
      // Not there; the next place is.
    }
  }
  throw new Error('package.json of Systola is missing: the installation is incomplete');
}
