import { join } from 'node:path';
import { stageRestore } from '../../main/backup/stage-restore.ts';
import { statesOf, writeBackup } from '../../main/backup/write-backup.ts';
import { Library } from '../../main/library/library.ts';
import { manualTrace } from '../fixtures/library/facts.ts';
import { cavityTraces } from '../../core/review/traces.ts';
import { say } from './victim-line.ts';

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

/** Lays states of a backup ready, once or twice, and lets the library take them over, again and again. */
export async function restoreAgainAndAgain(path: string, out: string): Promise<never> {
  const backup = join(out, 'backup');
  let library = await Library.open(path);
  say({ open: true });
  for (let step = 0; ; step += 1) {
    const states = await statesOf(backup);
    let state = states[step % Math.max(1, states.length)];
    if (state === undefined) {
      ({ state } = await writeBackup(library, backup, 'kills', quiet));
      say({ backup: state });
    }
    const lastLabel = `before restore ${process.pid}-${step}`;
    say({ revision: edit(library, lastLabel), study: firstStudy(library) });
    say({ restore: state, lastLabel, done: false });
    await stageRestore(path, state, quiet);
    // What was laid ready before gives way.
    if (step % 2 === 1) await stageRestore(path, state, quiet);
    library.close();
    library = await Library.open(path);
    say({ restore: state, lastLabel, done: true });
  }
}

const firstStudy = (library: Library): string => library.summaries().at(-1)?.studyInstanceUid ?? '';

function edit(library: Library, label: string): number {
  const study = firstStudy(library);
  const { clips, review, head } = library.study(study);
  const { sopInstanceUid } = clips[0]!;
  const before = cavityTraces(review.clips[sopInstanceUid])[0] ?? null;
  const { id } = library.revisions.append(study, head, {
    author: 'kills',
    kind: 'edit',
    label,
    target: null,
    changes: [
      {
        ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid, frame: 0, before },
        after: manualTrace(30 + (head % 1000) / 100),
      },
    ],
  });
  return id;
}
