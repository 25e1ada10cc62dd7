import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lane, type KillOutcome } from './lane.ts';
import { planKills, type KillKind } from './plan.ts';

export interface KillOptions {
  readonly count: number;
  readonly seed: number;
  /** Kinds of kills, all of them unless told. */
  readonly only?: readonly string[];
  /** Libraries that are worked on side by side. */
  readonly lanes: number;
  readonly onOutcome?: (outcome: KillOutcome, done: number) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly byKind: Readonly<Partial<Record<KillKind, { kills: number; acknowledged: number }>>>;
  readonly acknowledged: number;
  readonly problems: readonly string[];
}

/** Kills processes by the plan of the seed and looks at what they leave; nothing may be lost, damaged or left over. */
export async function runKills({ count, seed, only, lanes, onOutcome }: KillOptions): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'systola-kills-'));
  const plan = planKills(count, seed, only);
  const outcomes: KillOutcome[] = [];
  const problems: string[] = [];
  const work = async (number: number): Promise<void> => {
    const own = join(folder, String(number));
    mkdirSync(own);
    const lane = new Lane(own, String(number + 1));
    problems.push(...(await lane.prepare()));
    for (let kill = plan.shift(); kill !== undefined; kill = plan.shift()) {
      const outcome = await lane.kill(kill);
      outcomes.push(outcome);
      problems.push(...outcome.problems.map((problem) => `${kill.kind}: ${problem}`));
      onOutcome?.(outcome, outcomes.length);
    }
    problems.push(...(await lane.finish()));
  };
  try {
    await Promise.all(Array.from({ length: lanes }, (_, number) => work(number)));
  } finally {
    if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
    else console.error(`Kept for a closer look: ${folder}`);
  }
  const byKind: Partial<Record<KillKind, { kills: number; acknowledged: number }>> = {};
  for (const { kind, acknowledged } of outcomes) {
    const sum = (byKind[kind] ??= { kills: 0, acknowledged: 0 });
    sum.kills += 1;
    sum.acknowledged += acknowledged;
  }
  return {
    kills: outcomes.length,
    byKind,
    acknowledged: outcomes.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    problems,
  };
}
