import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ImportState, StudyDocument, StudySummary } from '../../core/api/requests.ts';
import { startHost } from './host-process.ts';
import type { HostProcess } from './host-process.ts';
import { notMeasured } from './result.ts';
import type { BenchResult } from './result.ts';

const loop = 'a 65-frame 456×576 JPEG loop';
const firstPictureTargetMs = 1000;
const allFramesTargetMs = 2000;
/** Requests in flight, as many as the window keeps. */
const atOnce = 4;

/**
 * Opens a real loop on the loopback host in a process of its own, nothing cached: time to the first picture's
 * pixels and until every frame was delivered; once alone, once with the model started at the same moment, as it is
 * when a study opens.
 */
export async function runOpeningBench(): Promise<BenchResult[]> {
  const data = process.env['SYSTOLA_TEST_DATA'];
  const file = data === undefined ? null : join(data, 'dicom', 'acuson-sequoia-a4c', 'DIRW0007.dcm');
  if (file === null || !existsSync(file)) {
    const why = 'set SYSTOLA_TEST_DATA to the folder of real recordings';
    return [
      notMeasured(`${loop}: first picture`, `< ${firstPictureTargetMs} ms`, why),
      notMeasured(`${loop}: all frames decoded`, `< ${allFramesTargetMs} ms`, why),
    ];
  }
  const folder = mkdtempSync(join(tmpdir(), 'systola-bench-'));
  const library = join(folder, 'library');
  try {
    await using(library, (host) => importFile(host, file));
    const results: BenchResult[] = [];
    for (const withModel of [false, true]) {
      const { firstMs, allMs, run } = await using(library, (host) => open(host, withModel));
      const how = withModel ? `, the model starting (${run})` : '';
      results.push(
        timed(`${loop}: first picture${how}`, firstMs, firstPictureTargetMs),
        timed(`${loop}: all frames decoded${how}`, allMs, allFramesTargetMs),
      );
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function using<T>(library: string, work: (host: HostProcess) => Promise<T>): Promise<T> {
  const host = await startHost(['--library', library, '--renderer', resolve('dist/renderer')]);
  try {
    return await work(host);
  } finally {
    await host.stop();
  }
}

async function importFile(host: HostProcess, file: string): Promise<void> {
  let state = await host.json<ImportState>('/api/imports', {
    method: 'POST',
    body: JSON.stringify({ paths: [file] }),
  });
  while (state.state === 'running') {
    await new Promise((done) => setTimeout(done, 20));
    state = await host.json<ImportState>(`/api/imports/${state.importId}`);
  }
  if (state.accepted !== 1) throw new Error(`The loop was not imported: ${JSON.stringify(state.rejected)}`);
}

async function open(
  host: HostProcess,
  withModel: boolean,
): Promise<{ firstMs: number; allMs: number; run: string }> {
  const [study] = await host.json<StudySummary[]>('/api/studies');
  if (study === undefined) throw new Error('The library is empty.');
  const startedAt = performance.now();
  const { clips } = await host.json<StudyDocument>(`/api/studies/${study.studyInstanceUid}`);
  const clip = clips[0];
  if (clip === undefined) throw new Error('The study has no clip.');
  const frames = `/api/clips/${clip.sopInstanceUid}/frames`;
  const run = withModel
    ? host.json<{ state: string }>(`/api/clips/${clip.sopInstanceUid}/runs`, { method: 'POST', body: '{}' })
    : Promise.resolve({ state: 'none' });

  await host.bytes(`${frames}/0`);
  const firstMs = performance.now() - startedAt;
  let next = 1;
  const deliver = async (): Promise<void> => {
    while (next < clip.frames) {
      const frame = next;
      next += 1;
      const bytes = await host.bytes(`${frames}/${frame}`);
      if (bytes < clip.rows * clip.columns) throw new Error(`Frame ${frame} is too short.`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, deliver));
  return { firstMs, allMs: performance.now() - startedAt, run: (await run).state };
}

function timed(name: string, ms: number, targetMs: number): BenchResult {
  return { name, target: `< ${targetMs} ms`, measured: `${ms.toFixed(0)} ms`, met: ms < targetMs };
}
