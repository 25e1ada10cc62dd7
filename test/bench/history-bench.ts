import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentOf } from '../../main/application/study-documents.ts';
import { Library } from '../../main/library/library.ts';
import { rerunFrames, rerunLibrary, rerunStudy } from '../fixtures/library/rerun-library.ts';
import { quantile, type BenchResult } from './result.ts';

const runs = 200;
const openings = 7;
const targetMs = 300;
const targetBytes = 200_000;

/**
 * Opens a study with many runs in a library that was just opened: from asking for the study until the answer to the
 * window is written.
 */
export async function runHistoryBench(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'systola-bench-'));
  try {
    (await rerunLibrary(folder, runs)).close();
    const times: number[] = [];
    let bytes = 0;
    for (let opening = 0; opening < openings; opening += 1) {
      const library = await Library.open(folder);
      const startedAt = performance.now();
      const answer = JSON.stringify(documentOf(library.study(rerunStudy)));
      times.push(performance.now() - startedAt);
      bytes = Buffer.byteLength(answer);
      library.close();
    }
    const ms = quantile(times, 0.5);
    const study = `a study with ${runs} runs over ${rerunFrames} frames`;
    return [
      {
        name: `${study}: opened and written as an answer, median of ${openings}`,
        target: `< ${targetMs} ms`,
        measured: `${ms.toFixed(0)} ms (slowest ${Math.max(...times).toFixed(0)})`,
        met: ms < targetMs,
      },
      {
        name: `${study}: what the window is sent`,
        target: `< ${targetBytes / 1000} kB`,
        measured: `${(bytes / 1000).toFixed(1)} kB`,
        met: bytes < targetBytes,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
