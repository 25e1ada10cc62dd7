import { SystolaError } from '../../core/error.ts';
import { Association, type AgreedContext } from './association.ts';
import {
  contextResults,
  encodeAssociateRequest,
  type ProposedContext,
  readAssociateAccept,
} from './associate.ts';
import { connectTo, nodeLabel, type NodeAddress } from './connect.ts';
import { abortReasons, namedFailure, ProtocolFault } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import { PduChannel } from './pdu-channel.ts';
import { pduTypes, type Pdu } from './pdu.ts';

/**
 * Asks a node for an association. Which of the contexts it agreed to is the association's to say.
 *
 * @throws SystolaError `node-unreachable`, `node-rejected`, `node-broke-off`; the signal's reason
 */
export async function requestAssociation(
  node: NodeAddress,
  contexts: readonly ProposedContext[],
  limits: NetworkLimits,
  signal: AbortSignal,
): Promise<Association> {
  const channel = new PduChannel(await connectTo(node, limits.connectMs, signal));
  const stop = (): void => channel.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { calledAeTitle, callingAeTitle } = node;
    const request = encodeAssociateRequest({ calledAeTitle, callingAeTitle, contexts });
    await channel.send([request], limits.associateMs);
    const answer = await channel.next(limits.associateMs);
    if (answer.type === pduTypes.associateReject) {
      channel.close();
      throw rejected(node, answer);
    }
    if (answer.type !== pduTypes.associateAccept) {
      throw new ProtocolFault(
        abortReasons.unexpectedPdu,
        'it answers with something else than an association',
      );
    }
    const accept = readAssociateAccept(answer);
    const agreed = new Map<number, AgreedContext>();
    for (const { id, result, transferSyntax } of accept.contexts) {
      if (result !== contextResults.accepted) continue;
      const proposed = contexts.find((context) => context.id === id);
      if (proposed === undefined || !proposed.transferSyntaxes.includes(transferSyntax)) {
        throw new ProtocolFault(abortReasons.invalidParameter, 'it agrees to what was not proposed');
      }
      agreed.set(id, { abstractSyntax: proposed.abstractSyntax, transferSyntax });
    }
    return new Association({ channel, contexts: agreed, mostDataBytes: accept.mostDataBytes, limits });
  } catch (error) {
    channel.abort(error);
    signal.throwIfAborted();
    throw namedFailure(error, nodeLabel(node));
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function rejected(node: NodeAddress, { body }: Pdu): SystolaError {
  const [result, source, reason] = [body.readUInt8(1), body.readUInt8(2), body.readUInt8(3)];
  const words = rejectionWords[`${source}.${reason}`] ?? `reason ${source}.${reason}`;
  const again = result === 2 ? ' It may take one later.' : '';
  return new SystolaError(
    'node-rejected',
    `The node refuses the association: ${words}.${again}`,
    nodeLabel(node),
  );
}

/** Source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21). */
const rejectionWords: Readonly<Record<string, string>> = {
  '1.1': 'it gives no reason',
  '1.2': 'it does not know the application context of DICOM',
  '1.3': 'it does not know the calling AE title; its administrator has to enter Systola’s',
  '1.7': 'it is not called by this AE title; check the called AE title',
  '2.1': 'it gives no reason',
  '2.2': 'it speaks another version of the protocol',
  '3.1': 'it has too much to do at the moment',
  '3.2': 'it has as many associations as it takes',
};
