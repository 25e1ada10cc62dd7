import type { NodeAddress } from '../../../main/network/connect.ts';
import type { NetworkLimits } from '../../../main/network/network-limits.ts';
import { store, type SendableObject, type SendOutcome } from '../../../main/network/store.ts';

/** A node of this computer. */
export const nodeAt = (port: number, changes: Partial<NodeAddress> = {}): NodeAddress => ({
  host: '127.0.0.1',
  port,
  calledAeTitle: 'ARCHIVE',
  callingAeTitle: 'SYSTOLA',
  tls: null,
  ...changes,
});

/** What became of each object that was sent to a node. */
export async function outcomesOf(
  node: NodeAddress,
  objects: readonly SendableObject[],
  limits: NetworkLimits,
): Promise<SendOutcome[]> {
  const { signal } = new AbortController();
  const outcomes: SendOutcome[] = [];
  for await (const outcome of store(node, objects, { limits, signal })) outcomes.push(outcome);
  return outcomes;
}
