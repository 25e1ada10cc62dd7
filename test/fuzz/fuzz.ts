/*
 * `npm run fuzz -- --count 20000 [--seed n] [--only n]`: spoils built files of every syntax in every way that
 * mutations.ts and generators.ts know, reads them as the application does, and prints how each ended. Exit code 1 when
 * one of them took more than 2 s of processor time or 512 MiB, or ended in an error without a name; those files are
 * kept in test-results/fuzz.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cpuLimitMs, memoryLimitMiB, runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const numbers =
  values.only === undefined
    ? Array.from({ length: Number(values.count) }, (_, number) => number)
    : [Number(values.only)];
const kept = join('test-results', 'fuzz');
const started = performance.now();

const report = await runFuzz(seed, numbers, (done, tried, violations) => {
  if (done % 1000 === 0) {
    console.error(`${done} of ${numbers.length}, ${Math.round((performance.now() - started) / 1000)} s`);
  }
  for (const { what } of violations) {
    mkdirSync(kept, { recursive: true });
    const path = join(kept, `${seed}-${tried.number}.dcm`);
    writeFileSync(path, tried.bytes);
    console.error(`${tried.name}: ${what} (${path}; again with --seed ${seed} --only ${tried.number})`);
  }
});

console.log(`${report.cases} files, seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s`);
for (const [outcome, count] of [...report.outcomes].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(count).padStart(7)}  ${outcome}`);
}
console.log(`${report.frames.decoded} frames decoded, ${report.frames.refused} refused`);
console.log(
  `most processor time of one step ${Math.round(report.slowestMs)} ms (limit ${cpuLimitMs}), most memory ${Math.round(report.largestGrowthMiB)} MiB (limit ${memoryLimitMiB})`,
);
const count = (pattern: RegExp) => report.violations.filter(({ what }) => pattern.test(what)).length;
console.log(
  `${count(/untyped|unhandled/)} untyped errors, ${count(/processor time|did not end/)} over ${cpuLimitMs / 1000} s, ${count(/MiB while/)} over ${memoryLimitMiB} MiB, ${report.violations.length} faults in all`,
);
process.exitCode = report.violations.length === 0 ? 0 : 1;
