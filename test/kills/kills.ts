/* `npm run kills -- --count 300 [--only removals,restores]`: kills processes at random points and says what that cost. Exit code 1 if anything. */
import { parseArgs } from 'node:util';
import { runKills } from './run-kills.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});
const began = performance.now();
const report = await runKills({
  count: Number(values.count),
  seed: Number(values.seed),
  lanes: Number(values.lanes),
  only: values.only.split(',').filter((kind) => kind !== ''),
  onOutcome: ({ kind, acknowledged, problems }, done) => {
    const wrong = problems.length === 0 ? '' : `: ${problems.join('; ')}`;
    console.log(`${done}. ${kind}, ${acknowledged} acknowledged${wrong}`);
  },
});
for (const [kind, { kills, acknowledged }] of Object.entries(report.byKind)) {
  console.log(`${kind}: ${kills} kills, ${acknowledged} acknowledged`);
}
for (const problem of report.problems) console.log(`PROBLEM ${problem}`);
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `${report.kills} kills (seed ${values.seed}) in ${seconds} s, ${report.acknowledged} things acknowledged before, ${report.problems.length} problems`,
);
process.exitCode = report.problems.length === 0 && report.kills > 0 ? 0 : 1;
