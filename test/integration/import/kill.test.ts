import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Library } from '../../../main/library/library.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const script = join(import.meta.dirname, '../../fixtures/library/import-folder.ts');

it('leaves whole instances or none when the process is killed in mid-import', async () => {
  const source = folder();
  for (let number = 0; number < 80; number += 1) {
    const bytes = buildDicom({ sopInstanceUid: `1.2.3.4.${number + 1}`, rows: 200, columns: 200 });
    writeFileSync(join(source, `${number}.dcm`), bytes);
  }
  const path = folder();
  const taken = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const child = spawn(process.execPath, [script, path, source], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await wait(20 + round * 23.7);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    // The last line may have been cut in the middle.
    for (const uid of output.split('\n').slice(0, -1)) taken.add(uid);

    const library = await Library.open(path);
    const [study] = library.summaries();
    const clips = library.study(study?.studyInstanceUid ?? '').clips;
    const uids = new Set(clips.map((clip) => clip.sopInstanceUid));
    expect([...taken].filter((uid) => !uids.has(uid))).toEqual([]);
    for (const { sopInstanceUid } of clips) {
      const { path: file, sha256 } = library.clip(sopInstanceUid);
      expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(sha256);
    }
    const files = readdirSync(join(path, 'files'), { recursive: true }).filter((name) =>
      String(name).endsWith('.dcm'),
    );
    // One that was killed between file and row is there, and taken in when the application starts.
    expect(files).toHaveLength(clips.length + (await library.stored.strays()).unnamed.length);
    expect(readdirSync(join(path, 'incoming'))).toEqual([]);
    expect(library.audit.firstBrokenEntry()).toBeNull();
    library.close();
  }
}, 180_000);
