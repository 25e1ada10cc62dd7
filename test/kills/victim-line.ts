import { writeSync } from 'node:fs';
import type { Acknowledged } from './plan.ts';

/** Tells what was done, or is asked for, before anything else happens. */
export function say(line: Acknowledged): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
