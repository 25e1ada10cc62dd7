import { SystolaError } from '../../core/error.ts';
import { commandFields, commandTags, noDataSet, numberOf } from './command-set.ts';
import { nodeLabel, type NodeAddress } from './connect.ts';
import { abortReasons, ConnectionLost, namedFailure, ProtocolFault } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import { requestAssociation } from './request-association.ts';
import { statusCode, statuses, statusWords } from './statuses.ts';

export const verificationSopClass = '1.2.840.10008.1.1';
/** What every node has to understand (PS3.5 section 10.1). */
const implicitLittleEndian = '1.2.840.10008.1.2';

const contextId = 1;
const messageId = 1;

/**
 * C-ECHO (PS3.7 section 9.1.5): whether a node is there, answers, and knows Systola. Returns how long it took.
 *
 * @throws SystolaError `node-unreachable`, `node-rejected`, `node-refused`, `node-broke-off`; the signal's reason
 */
export async function echo(
  node: NodeAddress,
  limits: NetworkLimits,
  signal: AbortSignal,
): Promise<{ readonly ms: number }> {
  const startedMs = performance.now();
  const label = nodeLabel(node);
  const contexts = [
    { id: contextId, abstractSyntax: verificationSopClass, transferSyntaxes: [implicitLittleEndian] },
  ];
  const association = await requestAssociation(node, contexts, limits, signal);
  const stop = (): void => association.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!association.contexts.has(contextId)) {
      await association.release();
      throw new SystolaError('node-refused', 'The node is there and does not answer to C-ECHO.', label);
    }
    const request = new Map<(typeof commandTags)[keyof typeof commandTags], string | number>([
      [commandTags.affectedSopClassUid, verificationSopClass],
      [commandTags.commandField, commandFields.echo],
      [commandTags.messageId, messageId],
      [commandTags.commandDataSetType, noDataSet],
    ]);
    await association.send(contextId, request, null);
    const answer = await association.receive(limits.answerMs);
    if (answer === null) throw new ConnectionLost('the node released it without an answer');
    const { command } = answer;
    if (
      numberOf(command, commandTags.commandField) !== (commandFields.echo | commandFields.answer) ||
      numberOf(command, commandTags.messageIdBeingRespondedTo) !== messageId
    ) {
      throw new ProtocolFault(abortReasons.notSpecified, 'it answers something that it was not asked');
    }
    const status = numberOf(command, commandTags.status);
    await association.release();
    if (status !== statuses.success) {
      const words = `The node answers C-ECHO with ${statusCode(status)}: ${statusWords(status)}.`;
      throw new SystolaError('node-refused', words, label);
    }
    return { ms: performance.now() - startedMs };
  } catch (error) {
    association.abort(error);
    signal.throwIfAborted();
    throw namedFailure(error, label);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
