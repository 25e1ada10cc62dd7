import { createRequire } from 'node:module';

const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));

/** Loads what electron-builder itself is made of, so that files are understood here as they will be there. */
export const builderRequire = createRequire(builder.resolve('app-builder-lib/package.json'));
