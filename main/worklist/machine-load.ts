import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** How long the processors are watched, ms. */
const watchMs = 1_000;

/** Milliseconds of all processors since the start, and how many of them they did nothing. */
function processorTimes(): { readonly total: number; readonly idle: number } {
  const all = cpus().map(({ times }) => times);
  const sum = (values: readonly number[]) => values.reduce((before, value) => before + value, 0);
  return {
    total: sum(all.map(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq)),
    idle: sum(all.map(({ idle }) => idle)),
  };
}

/** Part of the processors that is at work, 0…1, over the next second. Ask it while nothing is measured. */
export async function busyPart(signal: AbortSignal): Promise<number> {
  const before = processorTimes();
  await pause(watchMs, undefined, { signal, ref: false });
  const after = processorTimes();
  const total = after.total - before.total;
  return total <= 0 ? 0 : 1 - (after.idle - before.idle) / total;
}
