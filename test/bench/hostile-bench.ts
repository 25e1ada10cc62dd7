import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ImportState } from '../../core/api/requests.ts';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { startHost, type HostProcess } from './host-process.ts';
import { notMeasured, type BenchResult } from './result.ts';

const rWaves = 15_000_000;
const strangeFiles = 50_000;
const missingPaths = 10_000;

/**
 * What the worst imports cost the host: a file with millions of R waves, a home folder chosen by mistake, thousands of
 * paths that are not there. Answers are timed on `/api/session` all the while.
 */
export async function runHostileBench(): Promise<BenchResult[]> {
  const name = 'imports of hostile files';
  if (process.platform !== 'linux')
    return [notMeasured(name, '', 'memory of another process is read on Linux only')];
  const folder = mkdtempSync(join(tmpdir(), 'systola-bench-'));
  const host = await startHost([
    '--library',
    join(folder, 'library'),
    '--renderer',
    resolve('dist/renderer'),
  ]);
  try {
    // What is loaded once, decoders and the process that reads paths, is not what the file costs.
    const warm = join(folder, 'warm.dcm');
    writeFileSync(warm, buildDicom({ sopInstanceUid: '1.2.3.4.900' }));
    await taken(host, [warm]);

    const waves = join(folder, 'waves.dcm');
    const value = Buffer.alloc(rWaves * 4);
    for (let wave = 0; wave < rWaves; wave += 1) value.writeFloatLE(((wave * 7919) % 1000) / 3, wave * 4);
    writeFileSync(
      waves,
      buildDicom({
        syntax: 'implicit',
        sopInstanceUid: '1.2.3.4.901',
        elements: [{ tag: '00186060', vr: 'FL', value }],
      }),
    );
    const many = await taken(host, [waves]);

    const home = join(folder, 'home');
    for (let file = 0; file < strangeFiles; file += 1) {
      const inner = join(home, String(Math.floor(file / 500)));
      if (file % 500 === 0) mkdirSync(inner, { recursive: true });
      writeFileSync(join(inner, `${file}.txt`), `text ${file}`);
    }
    const strange = await taken(host, [home]);
    const missing = await taken(
      host,
      Array.from({ length: missingPaths }, (_, path) => `/nonexistent/${path}`),
    );
    if (many.state.accepted !== 1)
      throw new Error(`The R waves were not imported: ${JSON.stringify(many.state)}`);
    return [
      result(`${rWaves} R waves: processor time of the host`, many.cpuMs, 1000, 'ms'),
      result(`${rWaves} R waves: memory more than before`, many.grownMiB, 200, 'MiB'),
      result(`${rWaves} R waves: longest answer meanwhile`, many.longestMs, 100, 'ms'),
      result(
        `${strangeFiles} files that are no DICOM: until they were gone through`,
        strange.tookMs / 1000,
        30,
        's',
      ),
      result(
        `${strangeFiles} files that are no DICOM: longest answer meanwhile`,
        strange.longestMs,
        200,
        'ms',
      ),
      result(
        `${missingPaths} paths that are not there: longest answer meanwhile`,
        missing.longestMs,
        200,
        'ms',
      ),
      result(
        `${missingPaths} paths that are not there: until they were gone through`,
        missing.tookMs / 1000,
        30,
        's',
      ),
    ];
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function result(name: string, measured: number, target: number, unit: string): BenchResult {
  return {
    name,
    target: `< ${target} ${unit}`,
    measured: `${measured < 10 ? measured.toFixed(1) : Math.round(measured)} ${unit}`,
    met: measured < target,
  };
}

interface Taken {
  readonly state: ImportState;
  readonly tookMs: number;
  readonly cpuMs: number;
  readonly grownMiB: number;
  readonly longestMs: number;
}

/** Imports paths and watches the host meanwhile. */
async function taken(host: HostProcess, paths: readonly string[]): Promise<Taken> {
  const before = costs(host.pid);
  const started = performance.now();
  let longestMs = 0;
  let peakMiB = before.rssMiB;
  let state = await host.json<ImportState>('/api/imports', {
    method: 'POST',
    body: JSON.stringify({ paths }),
  });
  while (state.state === 'running') {
    const asked = performance.now();
    await host.json('/api/session');
    longestMs = Math.max(longestMs, performance.now() - asked);
    peakMiB = Math.max(peakMiB, costs(host.pid).rssMiB);
    await new Promise((turn) => setTimeout(turn, 10));
    state = await host.json<ImportState>(`/api/imports/${state.importId}`);
  }
  const after = costs(host.pid);
  return {
    state,
    tookMs: performance.now() - started,
    cpuMs: after.cpuMs - before.cpuMs,
    grownMiB: Math.max(peakMiB, after.rssMiB) - before.rssMiB,
    longestMs,
  };
}

const ticksPerSecond = 100;

/** Processor time and memory of a process, its threads included. */
function costs(pid: number): { readonly cpuMs: number; readonly rssMiB: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const rssKiB = Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
  return { cpuMs: (ticks / ticksPerSecond) * 1000, rssMiB: rssKiB / 1024 };
}
