import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smallArchive, studyUidOf } from '../../fixtures/archive/small-archive.ts';
import { isInstalled } from '../../fixtures/dicom/installed.ts';
import { runSystola } from '../../fixtures/run-systola.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../../..');
const workflow = join(root, 'examples/archive');
const folder = temporaryFolders();
const studies = 40;
const tables = ['measurements.csv', 'measurements.parquet', 'studies.csv'];
const hasSnakemake = isInstalled('snakemake');

/** Studies that have a result. */
function resultsIn(results: string): string[] {
  const place = join(results, 'studies');
  if (!existsSync(place)) return [];
  return readdirSync(place).flatMap((digits) => readdirSync(join(place, digits)));
}

/** Processes that are in the middle of a study, by what they write into. */
const atWork = (results: string): number[] =>
  readdirSync(results)
    .map((name) => /^\.systola-[0-9a-f]{8}-(?:p[0-9a-f]{8}-)?(\d+)-/.exec(name))
    .filter((found) => found !== null && readdirSync(join(results, found.input, 'new')).length > 0)
    .map((found) => Number(found?.[1]));

function snakemake(config: string, whileRunning: () => void, ...more: readonly string[]) {
  const argv = ['--snakefile', join(workflow, 'Snakefile'), '--configfile', config, ...more];
  // Each has a folder for what it remembers.
  const own = config.replace(/\.json$/, '-workflow');
  mkdirSync(own);
  const child = spawn('snakemake', argv, { cwd: own });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const watch = setInterval(whileRunning, 5);
  return new Promise<{ code: number | null; said: string }>((done) =>
    child.once('close', (code) => {
      clearInterval(watch);
      done({ code, said });
    }),
  );
}

describe.skipIf(!hasSnakemake)('the workflow in examples/archive', { timeout: 900_000 }, () => {
  it('gives with two workers, one of them killed, the table of one process', async () => {
    const place = folder();
    const { manifest, models } = smallArchive(place, studies);
    const options = `--models ${models} --model three-structures --no-recognise --provider cpu`;
    // Tells which processes there were; their number stays when they become the command.
    const started = join(place, 'started');
    mkdirSync(started);
    const command = join(place, 'systola');
    writeFileSync(
      command,
      `#!/bin/sh\necho "$@" > '${started}/'$$\nexec '${process.execPath}' '${join(root, 'main/cli/systola.ts')}' "$@"\n`,
    );
    chmodSync(command, 0o755);
    const configured = (name: string, more: object): string => {
      const results = join(place, name);
      const config = join(place, `${name}.json`);
      const said = { manifest, results, shards: 4, systola: command, options, ...more };
      writeFileSync(config, JSON.stringify(said));
      return config;
    };

    const results = join(place, 'together');
    let killed: number | null = null;
    let wholeThen = 0;
    const kill = (): void => {
      if (killed !== null || resultsIn(results).length < 3) return;
      const [victim] = atWork(results);
      if (victim === undefined || !existsSync(join(started, String(victim)))) return;
      process.kill(victim, 'SIGKILL');
      killed = victim;
      wholeThen = resultsIn(results).length;
    };
    const profile = ['--profile', join(workflow, 'profiles/local'), '--cores', '2'];
    const run = await snakemake(configured('together', {}), kill, ...profile);
    expect(run.code, run.said).toBe(0);
    expect(killed).not.toBeNull();
    expect(wholeThen).toBeLessThan(studies);
    const shardOf = (pid: number | null): string =>
      readFileSync(join(started, String(pid)), 'utf8').replace(/.*--shard (\S+).*\n/, '$1');
    const begun = readdirSync(started).filter((pid) => shardOf(Number(pid)) === shardOf(killed));
    expect(begun).toHaveLength(2);

    const alone = join(place, 'alone');
    const single = await runSystola([
      'analyze',
      '--manifest',
      manifest,
      '--out',
      alone,
      ...options.split(' '),
    ]);
    expect(single.code, single.stderr).toBe(0);
    expect((await runSystola(['merge', alone, '--manifest', manifest])).code).toBe(0);
    for (const name of tables) {
      expect(readFileSync(join(results, name)).equals(readFileSync(join(alone, name))), name).toBe(true);
    }
    const listed = readCsv(readFileSync(join(results, 'studies.csv'))).map((row) => row['study']);
    expect(listed).toEqual(Array.from({ length: studies }, (_, index) => studyUidOf(index + 1)).sort());
    const volumes = readCsv(readFileSync(join(results, 'measurements.csv')))
      .filter((row) => row['level'] === 'study' && row['measurement'] === 'EDV')
      .map((row) => row['value']);
    expect(new Set(volumes).size).toBe(studies);

    // Where the machines share no disk.
    const apart = await snakemake(configured('apart', { apart: true }), () => undefined, ...profile);
    expect(apart.code, apart.said).toBe(0);
    for (const name of tables) {
      const table = join(place, 'apart-workflow', 'tables', name);
      expect(readFileSync(table).equals(readFileSync(join(alone, name))), name).toBe(true);
    }
  });
});
