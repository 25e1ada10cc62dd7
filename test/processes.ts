import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Process ids of a process and all below it. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The command's name stands in parentheses and may hold anything.
      const after = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) ?? '';
      parents.set(Number(name), Number(after.split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const tree = [pid];
  for (const parent of tree) for (const [child, of] of parents) if (of === parent) tree.push(child);
  return tree;
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
