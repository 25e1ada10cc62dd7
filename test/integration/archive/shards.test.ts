import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parquetReadObjects } from 'hyparquet';
import { buildReport } from '../../fixtures/dicom/build-report.ts';
import { scannerReport } from '../../fixtures/dicom/scanner-report.ts';
import { ResultsFolder } from '../../../main/archive/results-folder.ts';
import type { StudyResult } from '../../../main/archive/study-result.ts';
import { smallArchive, studyClip, studyUidOf } from '../../fixtures/archive/small-archive.ts';
import { runSystola } from '../../fixtures/run-systola.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const tables = ['measurements.csv', 'measurements.parquet', 'studies.csv'];

interface Archive {
  readonly manifest: string;
  readonly models: string;
}

const shardOf = (
  { manifest, models }: Archive,
  out: string,
  shard: string,
  ...more: string[]
): readonly string[] => [
  ...['analyze', '--manifest', manifest, '--shard', shard, '--out', out],
  ...['--models', models, '--no-recognise', '--provider', 'cpu', ...more],
];

/** Results by study, read as they lie there. */
function resultsIn(out: string): Map<string, StudyResult> {
  const results = new Map<string, StudyResult>();
  const studies = join(out, 'studies');
  if (!existsSync(studies)) return results;
  for (const digits of readdirSync(studies)) {
    for (const study of readdirSync(join(studies, digits))) {
      // A folder without it would be a half one.
      const text = readFileSync(join(studies, digits, study, 'result.json'), 'utf8');
      results.set(study, JSON.parse(text) as StudyResult);
    }
  }
  return results;
}

/** Studies that are being written: by a process, or all. */
const staged = (out: string, pid: number | undefined = undefined): string[] =>
  readdirSync(out)
    .filter((name) => name.startsWith('.systola-') && (pid === undefined || name.includes(`-${pid}-`)))
    .flatMap((name) => (existsSync(join(out, name, 'new')) ? readdirSync(join(out, name, 'new')) : []));

/** Ends the process in the middle of a study, once it has done one. */
const killedInTheMiddle =
  (out: string, signal: NodeJS.Signals) =>
  (child: ChildProcess): void => {
    child.stderr?.on('data', function look(text: string) {
      if (!text.includes('[1/')) return;
      const timer = setInterval(() => {
        if (staged(out, child.pid).length === 0 && child.exitCode === null) return;
        clearInterval(timer);
        child.kill(signal);
      }, 2);
    });
  };

const bytesOf = (out: string): string[] =>
  tables.map((name) => readFileSync(join(out, name)).toString('base64'));

describe('an archive in shards', { timeout: 240_000 }, () => {
  it('gives the table of one process, also when one of two was killed in the middle', async () => {
    const archive = smallArchive(folder(), 8);
    const [alone, together] = [join(folder(), 'alone'), join(folder(), 'together')];
    const single = await runSystola(shardOf(archive, alone, '1/1'));
    expect(single.code, single.stderr).toBe(0);

    mkdirSync(together);
    const [killed, other] = await Promise.all([
      runSystola(shardOf(archive, together, '1/2'), killedInTheMiddle(together, 'SIGKILL')),
      runSystola(shardOf(archive, together, '2/2')),
    ]);
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    expect(other.code, other.stderr).toBe(0);
    const whole = resultsIn(together);
    expect(whole.size).toBeGreaterThan(0);
    expect(whole.size).toBeLessThan(8);
    expect(existsSync(join(together, 'shards', '1-of-2.json'))).toBe(false);
    expect(staged(together)).toHaveLength(1);
    const early = await runSystola([
      'merge',
      together,
      '--manifest',
      archive.manifest,
      '--out',
      join(folder(), 'early'),
    ]);
    expect(early.code).toBe(1);
    expect(early.stderr).toContain(`${8 - whole.size} studies of the manifest have no result`);

    const resumed = await runSystola(shardOf(archive, together, '1/2'));
    expect(resumed.code, resumed.stderr).toBe(0);
    const after = resultsIn(together);
    expect([...after.keys()].sort()).toEqual([...resultsIn(alone).keys()].sort());
    // What was whole was not done again: the time that it took is that of the first time.
    for (const [study, { seconds }] of whole) expect(after.get(study)?.seconds).toBe(seconds);
    expect(staged(together)).toEqual([]);
    expect(
      readdirSync(join(together, 'attempts')).flatMap((name) =>
        readdirSync(join(together, 'attempts', name)),
      ),
    ).toEqual([]);

    for (const out of [alone, together]) {
      const merged = await runSystola(['merge', out, '--manifest', archive.manifest]);
      expect(merged, merged.stderr).toMatchObject({ code: 0 });
    }
    expect(bytesOf(together)).toEqual(bytesOf(alone));

    const rows = readCsv(readFileSync(join(alone, 'measurements.csv')));
    const volumes = rows.filter((row) => row['measurement'] === 'EDV' && row['level'] === 'study');
    expect(volumes.map((row) => row['study'])).toEqual([...after.keys()].sort());
    expect(new Set(volumes.map((row) => row['value'])).size).toBe(8);

    const file = readFileSync(join(alone, 'measurements.parquet'));
    const packed = await parquetReadObjects({
      file: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer,
    });
    const asText = packed.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          value === null || value === undefined ? '' : String(value),
        ]),
      ),
    );
    expect(asText).toEqual(rows);
  });

  it('ends at once when it is told to, without halves', async () => {
    const archive = smallArchive(folder(), 5);
    const out = join(folder(), 'out');
    mkdirSync(out);
    const stopped = await runSystola(shardOf(archive, out, '1/1'), killedInTheMiddle(out, 'SIGTERM'));
    expect(stopped.code, stopped.stderr).toBe(130);
    expect(stopped.stderr).toContain('goes on with the others');
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
    const count = resultsIn(out).size;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(5);
    expect(existsSync(join(out, 'shards'))).toBe(false);
  });

  it('goes on after studies that fail, says why, and tries again what may have changed', async () => {
    const place = folder();
    const archive = smallArchive(place, 2);
    const cut = join(place, 'files', 'cut');
    mkdirSync(cut);
    writeFileSync(join(cut, 'loop.dcm'), studyClip(3).subarray(0, 900));
    cpSync(join(place, 'files', '1'), join(place, 'files', 'mixed'), { recursive: true });
    writeFileSync(join(place, 'files', 'mixed', 'cut.dcm'), studyClip(4).subarray(0, 900));
    const more = { cut: ['files/cut'], mixed: ['files/mixed'], away: ['files/away'] };
    for (const [study, paths] of Object.entries(more)) {
      appendFileSync(archive.manifest, `${JSON.stringify({ study, paths })}\n`);
    }
    const out = join(folder(), 'out');
    const first = await runSystola(shardOf(archive, out, '1/1'));
    expect(first.code, first.stderr).toBe(1);
    expect(first.stderr).toContain('5 studies: 2 done, 1 in part, 2 failed');
    const shard = JSON.parse(readFileSync(join(out, 'shards', '1-of-1.json'), 'utf8')) as object;
    expect(shard).toMatchObject({
      studies: 5,
      done: 2,
      partly: 1,
      failed: 2,
      failedStudies: ['cut', 'away'],
    });
    const before = resultsIn(out);
    expect(before.get('cut')).toMatchObject({ state: 'failed', failures: [{ code: 'truncated' }] });
    expect(before.get('mixed')).toMatchObject({
      state: 'partly',
      clips: 1,
      failures: [{ file: join(place, 'files', 'mixed', 'cut.dcm'), code: 'truncated' }],
    });
    expect(before.get('away')).toMatchObject({ state: 'failed', failures: [{ code: 'not-found' }] });

    // The share is back.
    cpSync(join(place, 'files', '2'), join(place, 'files', 'away'), { recursive: true });
    const second = await runSystola(shardOf(archive, out, '1/1'));
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('away: done');
    expect(second.stderr).not.toContain('cut: failed');
    expect(second.stderr).toContain('5 studies: 3 done, 1 in part, 1 failed');

    const merged = await runSystola(['merge', out]);
    expect(merged.code).toBe(1);
    expect(merged.stderr).toContain('cut: Nothing came of it');
    // One examination under two names would count twice.
    expect(merged.stderr).toContain(`mixed: Its Study Instance UID ${studyUidOf(1)} is that of`);
    const studies = readCsv(readFileSync(join(out, 'studies.csv')));
    expect(studies.map((row) => [row['study'], row['state'], row['failures']])).toEqual([
      [studyUidOf(1), 'done', ''],
      [studyUidOf(2), 'done', ''],
      ['away', 'done', ''],
      ['cut', 'failed', 'truncated'],
      ['mixed', 'partly', 'truncated'],
    ]);
  });

  it('does not begin for ever a study that ends its process', async () => {
    const archive = smallArchive(folder(), 1);
    const out = join(folder(), 'out');
    const study = studyUidOf(1);
    const attempts = new ResultsFolder(out).studyPath(study).replace('studies', 'attempts');
    mkdirSync(join(attempts, '..'), { recursive: true });
    // As processes leave it that were killed.
    writeFileSync(attempts, '...');
    const given = await runSystola(shardOf(archive, out, '1/1'));
    expect(given.code).toBe(1);
    expect(resultsIn(out).get(study)).toMatchObject({ state: 'failed', failures: [{ code: 'internal' }] });
    expect(given.stderr).toContain('3 processes ended in the middle of it');
    rmSync(attempts);
    expect(await runSystola(shardOf(archive, out, '1/1'))).toMatchObject({ code: 0 });
    expect(resultsIn(out).get(study)?.state).toBe('done');
  });

  it('refuses what would put two ways of measuring into one table', async () => {
    const archive = smallArchive(folder(), 2);
    const [all, first, other] = [join(folder(), 'all'), join(folder(), 'first'), join(folder(), 'other')];
    expect(await runSystola(shardOf(archive, all, '1/1'))).toMatchObject({ code: 0 });
    expect(await runSystola(shardOf(archive, first, '1/1', '--frames', '0-14'))).toMatchObject({ code: 0 });
    const mixed = await runSystola(shardOf(archive, all, '1/1', '--frames', '0-14'));
    expect(mixed.code).toBe(64);
    expect(mixed.stderr).toContain('with the same options');

    // The same study from two places with two results, then with one.
    const two = await runSystola(['merge', all, first, '--out', other]);
    expect(two.code).toBe(1);
    expect(two.stderr).toMatch(/has different results in .*all and .*first/);
    expect(readdirSync(other)).toEqual([]);
    const copy = join(folder(), 'copy');
    cpSync(all, copy, { recursive: true });
    const twice = await runSystola(['merge', all, copy, '--out', other]);
    expect(twice.code).toBe(1);
    expect(twice.stderr).toMatch(/It is in .*all and .*copy, with the same result, and taken once/);
    await runSystola(['merge', all]);
    expect(bytesOf(other)).toEqual(bytesOf(all));

    // Half of the studies of one way, half of another.
    const left = new ResultsFolder(all).studyPath(studyUidOf(1));
    const right = new ResultsFolder(first).studyPath(studyUidOf(1));
    rmSync(left, { recursive: true });
    renameSync(right, left);
    const ways = await runSystola(['merge', all]);
    expect(ways.code).toBe(1);
    expect(ways.stderr).toContain('Studies were analysed in different ways');
  });

  it('notices numbers that are not those that were written, and files that are gone', async () => {
    const archive = smallArchive(folder(), 2);
    const out = join(folder(), 'out');
    expect(await runSystola(shardOf(archive, out, '1/1', '--export', 'dicom,coco'))).toMatchObject({
      code: 0,
    });
    const study = new ResultsFolder(out).studyPath(studyUidOf(1));
    const files = resultsIn(out)
      .get(studyUidOf(1))!
      .files.map(({ path }) => path);
    expect(files.filter((path) => path.startsWith('dicom/')).length).toBeGreaterThan(1);
    const table = files.find((path) => path.endsWith('.csv'))!;
    const text = readFileSync(join(study, table), 'utf8');
    writeFileSync(
      join(study, table),
      text.replace(/\d(?=,mL)/, (digit) => String((Number(digit) + 1) % 10)),
    );
    const altered = await runSystola(['merge', out]);
    expect(altered.code).toBe(1);
    expect(altered.stderr).toContain('It is not what was written');
    expect(readdirSync(out)).not.toContain('measurements.csv');

    rmSync(join(study, 'report.pdf'));
    const half = await runSystola(['merge', out]);
    expect(half.stderr).toContain(`${studyUidOf(1)}: Its result in ${out} is not whole`);
    const again = await runSystola(shardOf(archive, out, '1/1', '--export', 'dicom,coco'));
    expect(again.stderr).toContain(`${studyUidOf(1)}: done`);
    expect(await runSystola(['merge', out])).toMatchObject({ code: 0 });
  });
});

describe('a manifest', { timeout: 60_000 }, () => {
  it('is made of a folder by what its files say, and read by what it is made for', async () => {
    const place = folder();
    const archive = smallArchive(place, 3);
    cpSync(join(place, 'files', '3', 'loop.dcm'), join(place, 'files', '1', 'strayed.dcm'));
    writeFileSync(join(place, 'files', 'notes.txt'), 'notes');
    writeFileSync(join(place, 'files', 'cut.dcm'), studyClip(4).subarray(0, 900));
    // What a scanner measured lies beside its clip; a report of another study has none to stand beside.
    for (const number of [2, 9]) {
      const uids = { studyInstanceUid: studyUidOf(number), sopInstanceUid: `${studyUidOf(number)}.8` };
      const report = buildReport(scannerReport('sct'), { ...uids, patientId: `P${number}` });
      writeFileSync(join(place, 'files', '2', `report-${number}.dcm`), report);
    }
    const made = join(place, 'made.jsonl');
    const listed = await runSystola(['manifest', join(place, 'files'), '--out', made]);
    expect(listed.code, listed.stderr).toBe(1);
    expect(listed.stderr).toContain('cut.dcm');
    expect(listed.stderr).toContain('3 studies of 5 files; passed over: 1 truncated, 1 not-dicom');
    const lines = readFileSync(made, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { study: studyUidOf(1), paths: ['files/1/loop.dcm'] },
      { study: studyUidOf(2), paths: ['files/2/loop.dcm', 'files/2/report-2.dcm'] },
      { study: studyUidOf(3), paths: ['files/1/strayed.dcm', 'files/3/loop.dcm'] },
    ]);
    const out = join(folder(), 'out');
    const analysed = await runSystola(shardOf({ ...archive, manifest: made }, out, '1/1'));
    expect(analysed.code, analysed.stderr).toBe(0);
    expect(resultsIn(out).get(studyUidOf(3))?.clips).toBe(1);
  });

  it('that is wrong is refused before anything is done', async () => {
    const archive = smallArchive(folder(), 1);
    appendFileSync(archive.manifest, readFileSync(archive.manifest));
    const out = join(folder(), 'out');
    const refused = await runSystola(shardOf(archive, out, '1/1'));
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain('Line 2 names the study');
    expect(readdirSync(out)).toEqual([]);
    expect(await runSystola(['merge', out])).toMatchObject({ code: 2 });
    expect(await runSystola(['merge'])).toMatchObject({ code: 64 });
    expect(await runSystola(['manifest', out])).toMatchObject({ code: 64 });
  });
});
