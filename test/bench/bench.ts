/*
 * `npm run bench [part ...]`: measures what the workstation promises, on this machine, and prints it beside the
 * targets. Parts: inference, frame, hostile, opening,
 * history, clinical, renderer, structures, worklist. Exit code 1 when a target is missed.
 */
import { cpus, totalmem } from 'node:os';
import { runClinicalBench } from './clinical-bench.ts';
import { runFrameBench } from './frame-bench.ts';
import { runHistoryBench } from './history-bench.ts';
import { runHostileBench } from './hostile-bench.ts';
import { runInferenceBench } from './inference-bench.ts';
import { runOpeningBench } from './opening-bench.ts';
import { runRendererBench } from './renderer-bench.ts';
import type { BenchResult } from './result.ts';
import { runStructureBench } from './structure-bench.ts';
import { runWorklistBench } from './worklist-bench.ts';

const parts: Readonly<Record<string, () => Promise<BenchResult[]>>> = {
  inference: runInferenceBench,
  frame: runFrameBench,
  hostile: runHostileBench,
  opening: runOpeningBench,
  history: runHistoryBench,
  clinical: runClinicalBench,
  renderer: runRendererBench,
  structures: runStructureBench,
  worklist: runWorklistBench,
};

process.exitCode = await main(process.argv.slice(2));

async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    console.error(`No bench is called ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}.`);
    return 64;
  }
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  console.log(
    `${processor}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}, ${new Date().toISOString()}\n`,
  );
  const results: BenchResult[] = [];
  for (const [name, run] of Object.entries(parts)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`Measuring: ${name} ...`);
    try {
      results.push(...(await run()));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      results.push({ name, target: 'runs to its end', measured: `failed: ${reason}`, met: false });
    }
  }
  console.log(table(results));
  return results.some((result) => result.met === false) ? 1 : 0;
}

function table(results: readonly BenchResult[]): string {
  const verdict = (met: boolean | null) => (met === null ? '-' : met ? 'met' : 'MISSED');
  const rows = [
    ['', 'target', 'measured', ''],
    ...results.map((result) => [result.name, result.target, result.measured, verdict(result.met)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ');
  const rule = widths.map((width) => '-'.repeat(width)).join(' | ');
  return [line(rows[0] ?? []), rule, ...rows.slice(1).map(line)].map((text) => `| ${text} |`).join('\n');
}
