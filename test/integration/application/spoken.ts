import { afterEach, beforeEach, vi } from 'vitest';

/** What commands of a test file say, on standard output and on standard error, test by test. */
export function spoken(): { readonly said: string; readonly complained: string } {
  const lines = { said: '', complained: '' };
  beforeEach(() => {
    lines.said = lines.complained = '';
    vi.spyOn(console, 'log').mockImplementation((text: string) => void (lines.said += `${text}\n`));
    vi.spyOn(console, 'error').mockImplementation((text: string) => void (lines.complained += `${text}\n`));
  });
  afterEach(() => vi.restoreAllMocks());
  return lines;
}
