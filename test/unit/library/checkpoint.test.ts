import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { longestMs, quietMs, type Clock } from '../../../main/library/checkpoint.ts';
import { Library } from '../../../main/library/library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

/** Time that passes when it is told to. */
class SetClock implements Clock {
  #nowMs = 0;
  #waiting: { atMs: number; call: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { atMs: this.#nowMs + ms, call };
    this.#waiting.push(entry);
    return () => (this.#waiting = this.#waiting.filter((other) => other !== entry));
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    const due = this.#waiting.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#waiting = this.#waiting.filter((entry) => !due.includes(entry));
    for (const { call } of due) call();
  }
}

it('empties the log after half a minute without a change, and when changes never pause', async () => {
  const path = folder();
  const clock = new SetClock();
  const library = await Library.open(path, clock);
  const logBytes = (): number => statSync(join(path, 'library.sqlite-wal')).size;
  library.updateSettings({ reader: 'A' });
  expect(logBytes()).toBeGreaterThan(0);
  clock.pass(quietMs - 1);
  expect(logBytes()).toBeGreaterThan(0);
  library.updateSettings({ reader: 'B' });
  clock.pass(quietMs - 1);
  expect(logBytes()).toBeGreaterThan(0);
  clock.pass(1);
  expect(logBytes()).toBe(0);

  const step = quietMs / 2;
  for (let passed = 0; passed < longestMs - step; passed += step) {
    library.updateSettings({ reader: `C${passed}` });
    clock.pass(step);
    expect(logBytes()).toBeGreaterThan(0);
  }
  library.updateSettings({ reader: 'D' });
  clock.pass(step);
  expect(logBytes()).toBe(0);
  library.close();
});
