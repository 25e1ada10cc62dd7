import { join } from 'node:path';

export interface Folders {
  readonly renderer: string;
  readonly preload: string;
  readonly models: string;
  readonly recognisers: string;
  readonly sampleStudy: string;
}

/**
 * Where things lie. In a package the code is in app.asar and what other processes read is beside it.
 * @param root folder of package.json (app.asar in a package)
 * @param resources Electron's resources folder in a package, null in a checkout
 */
export function foldersOf(root: string, resources: string | null): Folders {
  return {
    renderer: join(root, 'dist', 'renderer'),
    preload: join(root, 'dist', 'preload', 'preload.cjs'),
    models: resources === null ? join(root, 'models', 'shipped') : join(resources, 'models'),
    recognisers: resources === null ? join(root, 'models', 'shipped-views') : join(resources, 'view-models'),
    sampleStudy: resources === null ? join(root, 'assets', 'sample-study') : join(resources, 'sample-study'),
  };
}
