import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Threads for one operator of the model: physical cores this process may use, because hyper-threads share the
 * vector units that convolutions live on. 0 leaves the choice to onnxruntime (which counts physical cores too,
 * but on Linux without regard to a container's CPU limit).
 */
export function modelThreads(): number {
  if (process.platform !== 'linux') return 0;
  const physical = linuxPhysicalCores();
  return physical === null ? 0 : Math.max(1, Math.min(physical, availableParallelism()));
}

function linuxPhysicalCores(): number | null {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const cores = new Set<string>();
    for (const processor of text.split('\n\n')) {
      const core = /^core id\s*:\s*(\d+)$/m.exec(processor)?.[1];
      const socket = /^physical id\s*:\s*(\d+)$/m.exec(processor)?.[1] ?? '0';
      if (core !== undefined) cores.add(`${socket}:${core}`);
    }
    return cores.size > 0 ? cores.size : null;
  } catch {
    return null;
  }
}
