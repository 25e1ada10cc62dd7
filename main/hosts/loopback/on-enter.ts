import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Calls back for every line that is entered in the terminal.
 * @returns false where nobody can enter one
 */
export function onEnter(act: () => void): boolean {
  if (!process.stdin.isTTY || isInBackground()) return false;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', act);
  // Ctrl-C is a signal, which whoever started this has taken; the end of the input ends nothing.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  process.stdin.unref();
  return true;
}

/** A process in the background that reads from its terminal is stopped by the system (SIGTTIN). */
function isInBackground(): boolean {
  try {
    // proc(5): after the name in brackets come state, parent, process group, session, terminal, foreground group.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[2] !== fields[5];
  } catch {
    return false;
  }
}
