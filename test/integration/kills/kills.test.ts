import { expect, it } from 'vitest';
import { runKills } from '../../kills/run-kills.ts';

it('loses nothing and leaves nothing behind when processes are killed at random points', async () => {
  const report = await runKills({ count: 6, seed: 22, lanes: 1 });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBe(6);
  expect(report.acknowledged).toBeGreaterThan(0);
}, 900_000);
