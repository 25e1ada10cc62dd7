/**
 * Reports a defect on stderr: what kind of error and where in the code, without its message, which may name a
 * patient or a file.
 */
export function logDefect(error: unknown): void {
  const name = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : '';
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  process.stderr.write(`${new Date().toISOString()} internal error: ${name}${code}\n${frames.join('\n')}\n`);
}
