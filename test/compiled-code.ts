import { resolve } from 'node:path';

/**
 * Has every Node that tests start keep what it compiled for the next one (`NODE_COMPILE_CACHE`): the application runs
 * from TypeScript there, and most of a start is reading it.
 */
export function keepCompiledCode(): void {
  process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, '../node_modules/.cache/compiled-code');
}
