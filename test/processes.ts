import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

interface ProcessPlace {
  readonly parent: number;
  readonly group: number;
}

/** Every process that runs, by its id; one that has ended and waits to be asked for its end is none. */
function runningProcesses(): Map<number, ProcessPlace> {
  const running = new Map<number, ProcessPlace>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The command's name stands in parentheses and may hold anything.
      const after = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) ?? '';
      const [state, parent, group] = after.split(' ');
      if (state !== 'Z' && state !== 'X')
        running.set(Number(name), { parent: Number(parent), group: Number(group) });
    } catch {
      // It ended meanwhile.
    }
  }
  return running;
}

/** Process ids of a process and all below it. */
export function processTree(pid: number): number[] {
  return withDescendants([pid], runningProcesses());
}

function withDescendants(roots: readonly number[], running: ReadonlyMap<number, ProcessPlace>): number[] {
  const tree = [...roots];
  for (const one of tree)
    for (const [child, { parent }] of running) if (parent === one && !tree.includes(child)) tree.push(child);
  return tree;
}

/**
 * Ends every process whose command line names a folder that no other process has to do with, and whatever belongs to
 * those: what they started, what is left of their process groups, and what is named. Resolves when none of it runs.
 *
 * @throws Error naming what is still there after the time
 */
export async function endProcessesNaming(
  folder: string,
  alsoEnd: readonly number[],
  withinMs: number,
): Promise<void> {
  const until = performance.now() + withinMs;
  const known = new Set(alsoEnd);
  for (;;) {
    const running = runningProcesses();
    for (const pid of running.keys())
      if (pid !== process.pid && commandLine(pid).includes(folder)) known.add(pid);
    for (const pid of withDescendants([...known], running)) known.add(pid);
    const own = running.get(process.pid)?.group;
    const groups = new Set([...known].flatMap((pid) => running.get(pid)?.group ?? []));
    for (const [pid, { group }] of running) if (group !== own && groups.has(group)) known.add(pid);
    const left = [...known].filter((pid) => running.has(pid));
    if (left.length === 0) return;
    if (performance.now() > until)
      throw new Error(`Still running:\n${left.map((pid) => `${pid} ${commandLine(pid)}`).join('\n')}`);
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** The command line of a process; empty when it is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** Remote and local ends of the internet sockets that processes hold, as /proc shows them. */
export function internetSockets(pids: readonly number[]): string[] {
  const table = new Map<string, string>();
  for (const kind of ['tcp', 'tcp6', 'udp', 'udp6']) {
    const lines = readFileSync(`/proc/net/${kind}`, 'utf8').trim().split('\n').slice(1);
    for (const line of lines) {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      table.set(`socket:[${inode}]`, `${kind} ${local} ${remote} ${state}`);
    }
  }
  const found: string[] = [];
  for (const pid of pids) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        const socket = table.get(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
        if (socket !== undefined) found.push(`${pid} ${socket}`);
      }
    } catch {
      // It ended, or closed it, meanwhile.
    }
  }
  return found;
}
