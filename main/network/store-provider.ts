import { isUid } from '../dicom/uid.ts';
import type { Association, Message } from './association.ts';
import {
  commandFields,
  commandTags,
  commentText,
  type CommandSet,
  noDataSet,
  numberOf,
  uidOf,
} from './command-set.ts';
import { verificationSopClass } from './echo.ts';
import { abortReasons, ProtocolFault } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import type { ReceivedObject } from './received-head.ts';
import { instanceHeadBytes, namedInstance } from './sent-instance.ts';
import { statuses } from './statuses.ts';

/** The answer to an object. */
export interface StoreAnswer {
  readonly status: number;
  /** What else is to be said, in a few words. */
  readonly comment: string | null;
}

/** An object as it arrives: read to its end, or left. */
export interface ArrivingObject extends ReceivedObject {
  readonly dataSet: AsyncIterable<Buffer>;
}

/** Takes an object and says what became of it; it is stored whole when this answers with success. */
export type TakeObject = (object: ArrivingObject) => Promise<StoreAnswer>;

type Elements = [(typeof commandTags)[keyof typeof commandTags], string | number][];

/**
 * Answers C-ECHO and C-STORE (PS3.7 section 9.3) on one association until it is released.
 *
 * @throws AbortedByPeer, ConnectionLost, ProtocolFault, Silence; and a defect of `take`
 */
export async function provideStore(
  association: Association,
  callingAeTitle: string,
  limits: NetworkLimits,
  take: TakeObject,
): Promise<void> {
  for (;;) {
    const message = await association.receive(limits.idleMs);
    if (message === null) return;
    const { contextId, command, dataSet } = message;
    const field = numberOf(command, commandTags.commandField);
    if ((field & commandFields.answer) !== 0) {
      throw new ProtocolFault(abortReasons.notSpecified, 'it answers something that it was not asked');
    }
    const answer = await answerTo(association, message, field, callingAeTitle, take);
    const messageId = numberOf(command, commandTags.messageId);
    const elements: Elements = [
      [commandTags.commandField, field | commandFields.answer],
      [commandTags.messageIdBeingRespondedTo, messageId],
      [commandTags.commandDataSetType, noDataSet],
      [commandTags.status, answer.status],
      ...repeated(command),
    ];
    if (answer.comment !== null) elements.push([commandTags.errorComment, commentText(answer.comment)]);
    // What was not taken is passed over first: a sender that is still writing would not read the answer.
    if (dataSet !== null) for await (const _ of dataSet);
    await association.send(contextId, new Map(elements), null);
  }
}

async function answerTo(
  association: Association,
  { contextId, command, dataSet }: Message,
  field: number,
  sourceAeTitle: string,
  take: TakeObject,
): Promise<StoreAnswer> {
  const context = association.contexts.get(contextId)!;
  if (field === commandFields.echo) {
    const isVerified = context.abstractSyntax === verificationSopClass;
    return { status: isVerified ? statuses.success : statuses.sopClassNotSupported, comment: null };
  }
  if (field !== commandFields.store) return { status: statuses.unrecognizedOperation, comment: null };
  const sopClassUid = uidOf(command, commandTags.affectedSopClassUid);
  const sopInstanceUid = uidOf(command, commandTags.affectedSopInstanceUid);
  if (dataSet === null) return { status: statuses.cannotUnderstand, comment: 'No data set came with it' };
  if (context.abstractSyntax !== sopClassUid || sopClassUid === verificationSopClass) {
    return { status: statuses.sopClassNotSupported, comment: 'Not the class of its context' };
  }
  const { transferSyntax: transferSyntaxUid } = context;
  const { head, rest } = await headOf(dataSet);
  const named = namedInstance(head, transferSyntaxUid);
  if (differs(named.sopClassUid, sopClassUid) || differs(named.sopInstanceUid, sopInstanceUid)) {
    return { status: statuses.notOfItsClass, comment: 'Command and data set name different objects' };
  }
  return take({ sopClassUid, sopInstanceUid, transferSyntaxUid, sourceAeTitle, dataSet: rest });
}

/** The first bytes of a data set, and all of it from the beginning. */
async function headOf(
  dataSet: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly rest: AsyncIterable<Buffer> }> {
  const arriving = dataSet[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let bytes = 0;
  while (bytes < instanceHeadBytes) {
    const { done, value } = await arriving.next();
    if (done === true) break;
    parts.push(value);
    bytes += value.length;
  }
  const head = Buffer.concat(parts);
  // Not `yield*`: who leaves early leaves the rest to be passed over, and does not end it.
  async function* whole(): AsyncGenerator<Buffer, void, undefined> {
    if (head.length > 0) yield head;
    for (;;) {
      const { done, value } = await arriving.next();
      if (done === true) return;
      yield value;
    }
  }
  return { head, rest: whole() };
}

function repeated(command: CommandSet): Elements {
  const tags = [commandTags.affectedSopClassUid, commandTags.affectedSopInstanceUid];
  return tags.flatMap((tag): Elements => {
    const value = command.get(tag);
    return typeof value === 'string' && isUid(value) ? [[tag, value]] : [];
  });
}

const differs = (named: string | null, said: string): boolean => named !== null && named !== said;
