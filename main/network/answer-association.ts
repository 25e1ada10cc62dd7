import type { Socket } from 'node:net';
import { Association, type AgreedContext } from './association.ts';
import {
  applicationContextName,
  contextResults,
  encodeAssociateAccept,
  readAssociateRequest,
  type AnsweredContext,
  type ProposedContext,
  type ReadRequest,
} from './associate.ts';
import { abortReasons, ProtocolFault } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import { encodePdu, pduTypes } from './pdu.ts';
import { PduChannel } from './pdu-channel.ts';

/** What is agreed to. */
export interface Terms {
  /** What the receiver is called; null answers to any name. */
  readonly aeTitle: string | null;
  takesAbstractSyntax(uid: string): boolean;
  takesTransferSyntax(uid: string): boolean;
  /** Whether there is room for one more. */
  hasRoom(): boolean;
}

export interface Answered {
  readonly association: Association;
  readonly callingAeTitle: string;
}

/** An association that was refused, and why. */
export interface TurnedAway {
  readonly association: null;
  readonly words: string;
}

interface Rejection {
  /** Result, source and reason of an A-ASSOCIATE-RJ (PS3.8 table 9-21). */
  readonly reason: readonly [result: number, source: number, reason: number];
  readonly words: string;
}

/**
 * Waits for somebody to ask for an association and answers by the terms.
 *
 * @throws AbortedByPeer, ConnectionLost, ProtocolFault, Silence; the connection is left then
 */
export async function answerAssociation(
  socket: Socket,
  terms: Terms,
  limits: NetworkLimits,
): Promise<Answered | TurnedAway> {
  const channel = new PduChannel(socket);
  try {
    const pdu = await channel.next(limits.associateMs);
    if (pdu.type !== pduTypes.associateRequest) {
      throw new ProtocolFault(abortReasons.unexpectedPdu, 'it does not begin with an association');
    }
    const request = readAssociateRequest(pdu);
    const rejection = rejectionOf(request, terms);
    if (rejection !== null) {
      const body = Uint8Array.of(0, ...rejection.reason);
      await channel.send([encodePdu(pduTypes.associateReject, body)], limits.unitMs);
      channel.close();
      return { association: null, words: rejection.words };
    }
    const contexts = request.contexts.map((context) => answered(context, terms));
    await channel.send([encodeAssociateAccept(request, contexts)], limits.unitMs);
    const association = new Association({
      channel,
      contexts: agreed(request, contexts),
      mostDataBytes: request.mostDataBytes,
      limits,
    });
    return { association, callingAeTitle: request.callingAeTitle };
  } catch (error) {
    channel.abort(error);
    throw error;
  }
}

function rejectionOf(request: ReadRequest, terms: Terms): Rejection | null {
  if (!request.knowsVersion1) {
    return { reason: [1, 2, 2], words: 'it speaks another version of the protocol' };
  }
  if (request.applicationContext !== applicationContextName) {
    return { reason: [1, 1, 2], words: 'it asks for something else than DICOM' };
  }
  const { calledAeTitle, callingAeTitle } = request;
  if (terms.aeTitle !== null && calledAeTitle !== terms.aeTitle) {
    return {
      reason: [1, 1, 7],
      words: `${callingAeTitle} calls ${calledAeTitle}, and this is ${terms.aeTitle}`,
    };
  }
  if (!terms.hasRoom()) {
    return {
      reason: [2, 3, 2],
      words: `${callingAeTitle} comes when there are as many as are taken at a time`,
    };
  }
  return null;
}

/** The first of the sender's syntaxes that is read: its order is its choice, and nothing here makes it lose detail. */
function answered({ id, abstractSyntax, transferSyntaxes }: ProposedContext, terms: Terms): AnsweredContext {
  const [first = ''] = transferSyntaxes;
  if (!terms.takesAbstractSyntax(abstractSyntax)) {
    return { id, result: contextResults.abstractSyntaxUnknown, transferSyntax: first };
  }
  const taken = transferSyntaxes.find((uid) => terms.takesTransferSyntax(uid));
  return taken === undefined
    ? { id, result: contextResults.transferSyntaxesUnknown, transferSyntax: first }
    : { id, result: contextResults.accepted, transferSyntax: taken };
}

function agreed(
  { contexts }: ReadRequest,
  answers: readonly AnsweredContext[],
): ReadonlyMap<number, AgreedContext> {
  return new Map(
    answers
      .filter(({ result }) => result === contextResults.accepted)
      .map(({ id, transferSyntax }) => [
        id,
        { abstractSyntax: contexts.find((context) => context.id === id)!.abstractSyntax, transferSyntax },
      ]),
  );
}
