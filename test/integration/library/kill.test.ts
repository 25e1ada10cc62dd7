import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Library } from '../../../main/library/library.ts';
import { clipFacts, studyFacts } from '../../fixtures/library/facts.ts';
import { seededLibrary } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { cavityTraces } from '../../../core/review/traces.ts';

const folder = temporaryFolders();
const script = join(import.meta.dirname, '../../fixtures/library/append-forever.ts');
const kills = 12;

/** Lets the script append for a while after its first acknowledgement, kills it, and returns what it acknowledged. */
async function appendUntilKilled(path: string, seed: number, ms: number): Promise<number[]> {
  const child = spawn(process.execPath, [script, path, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await wait(ms);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

it('keeps every acknowledged revision when the process is killed at any moment', async () => {
  const path = folder();
  (await seededLibrary(path)).close();
  const acknowledged: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    // Moments spread over the few milliseconds that one append takes.
    const seen = await appendUntilKilled(path, acknowledged.length, round * 3.7);
    expect(seen.length).toBeGreaterThan(0);
    acknowledged.push(...seen);

    const library = await Library.open(path);
    const { history, revision, review } = library.study(studyFacts().studyInstanceUid);
    const ids = history.map(({ id }) => id);
    expect(ids.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
    // At most the one that was being acknowledged is there beside them.
    acknowledged.push(...ids.filter((id) => !acknowledged.includes(id)));
    expect(acknowledged.length - ids.length).toBe(0);
    const last = revision(ids.at(-1)!).changes[0];
    expect(last?.slot === 'trace' ? last.after : null).toEqual(
      cavityTraces(review.clips[clipFacts().sopInstanceUid])[3],
    );
    expect(library.audit.firstBrokenEntry()).toBeNull();
    library.close();
  }
}, 180_000);
