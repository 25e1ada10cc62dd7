import { expect, it } from 'vitest';
import { mutationGroups } from '../../fuzz/cases.ts';
import { runFuzz } from '../../fuzz/run-fuzz.ts';

const count = 500;

it('500 spoilt files of every syntax end in pictures or in words, none in anything else', async () => {
  const report = await runFuzz(
    12,
    Array.from({ length: count }, (_, number) => number),
  );
  expect(report.violations).toEqual([]);
  expect(report.cases).toBe(count);
  // The cases are of both kinds: a reader that refuses everything, or a mutation that changes nothing, is no test.
  expect(report.outcomes.get('accepted') ?? 0).toBeGreaterThan(count / 20);
  expect(report.outcomes.size).toBeGreaterThan(6);
  expect(report.frames.decoded).toBeGreaterThan(count / 20);
}, 1_200_000);

it('knows each way to spoil a file by one name', () => {
  const names = mutationGroups.flat().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(45);
});
