import { SystolaError } from '../../core/error.ts';
import { sopClassLabel } from '../dicom/sop-class.ts';
import { transferSyntaxLabel } from '../dicom/transfer-syntax.ts';
import type { Association } from './association.ts';
import type { ProposedContext } from './associate.ts';
import { commandFields, type CommandSet, commandTags, numberOf } from './command-set.ts';
import { nodeLabel, type NodeAddress } from './connect.ts';
import { abortReasons, ConnectionLost, namedFailure, ProtocolFault, Silence } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import { requestAssociation } from './request-association.ts';
import { statusCode, statusKind, statusWords } from './statuses.ts';

/** An object that can be sent: what it is, and the bytes of its data set as they are. */
export interface SendableObject {
  /** As the user knows it. */
  readonly name: string;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** The bytes of the data set, without file meta information. */
  dataSet(): AsyncIterable<Uint8Array>;
}

/**
 * What became of an object: stored, stored with a remark, not stored, or sent without an answer, so that only the node
 * knows. `not-sent` never left.
 */
export interface SendOutcome<O extends SendableObject = SendableObject> {
  readonly object: O;
  readonly state: 'stored' | 'warning' | 'refused' | 'failed' | 'unknown' | 'not-sent';
  /** The node's answer; null where there is none. */
  readonly status: number | null;
  /** Why it is not simply stored. */
  readonly error: SystolaError | null;
}

export interface StoreOptions {
  readonly limits: NetworkLimits;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Whether to stop before the next object: what is on its way is finished, and its answer known. */
  shouldStop?(): boolean;
  /** An object begins; thrown before anything of it has left, and then nothing of it does. */
  onBegin?(object: SendableObject): void;
  /** Bytes of the data set that were given to the network so far. */
  onProgress?(object: SendableObject, bytes: number): void;
}

/** Presentation contexts have odd numbers from 1 to 255. */
const mostContexts = 128;
const mediumPriority = 0;
const followed = 0;

/**
 * Sends objects by C-STORE (PS3.7 section 9.1.1), one after the other, each in its own transfer syntax, and tells of each
 * what became of it. Nothing is sent a second time: after an association that broke off the rest is `not-sent`.
 */
export async function* store<O extends SendableObject>(
  node: NodeAddress,
  objects: readonly O[],
  options: StoreOptions,
): AsyncGenerator<SendOutcome<O>, void, undefined> {
  let next = 0;
  while (next < objects.length) {
    const batch = batchFrom(objects, next);
    let broken: SystolaError | null = null;
    let association: Association | null = null;
    try {
      if (mustStop(options)) throw stopped(node);
      association = await requestAssociation(node, batch.contexts, options.limits, options.signal);
    } catch (error) {
      broken = expected(error, node, options);
    }
    while (next < batch.end) {
      const object = objects[next]!;
      if (broken === null && mustStop(options)) broken = stopped(node);
      if (broken !== null || association === null) {
        for (; next < objects.length; next += 1) yield notSent(objects[next]!, broken!);
        break;
      }
      next += 1;
      const contextId = batch.contextOf(object);
      if (!association.contexts.has(contextId)) {
        yield refusedSyntax(object, node);
        continue;
      }
      const sending = new Sending(node, association, options);
      const outcome = await sending.send(object, contextId, next);
      yield outcome;
      if (sending.brokenBy === null) continue;
      // A file that cannot be read is no reason to leave the others where they are: they get another association.
      association = null;
      if (outcome.error !== null && sending.isOurs) break;
      broken = sending.brokenBy;
    }
    await release(association);
  }
}

/** One object on its way. */
class Sending {
  /** Why the association cannot go on after this object. */
  brokenBy: SystolaError | null = null;
  /** Whether that was for a reason on this side, so that the node may be asked again. */
  isOurs = false;
  readonly #node: NodeAddress;
  readonly #association: Association;
  readonly #options: StoreOptions;

  constructor(node: NodeAddress, association: Association, options: StoreOptions) {
    this.#node = node;
    this.#association = association;
    this.#options = options;
  }

  async send<O extends SendableObject>(
    object: O,
    contextId: number,
    messageId: number,
  ): Promise<SendOutcome<O>> {
    const { signal } = this.#options;
    const stop = (): void => this.#association.abort();
    signal.addEventListener('abort', stop, { once: true });
    let isWhole = false;
    let unreadable: unknown = null;
    try {
      this.#options.onBegin?.(object);
      // Read all the while: a node may break off in the middle of an object, or refuse it before its end.
      const answering = this.#answer(messageId);
      answering.catch(() => undefined);
      const counted = this.#counted(object, (error) => (unreadable = error));
      await this.#association.send(contextId, storeCommand(object, messageId), counted);
      isWhole = true;
      const command = await within(answering, this.#options.limits.answerMs);
      return this.#outcome(object, command);
    } catch (error) {
      this.#association.abort(error);
      const known = unreadable ?? error;
      this.isOurs = unreadable !== null && !signal.aborted;
      this.brokenBy = expected(known, this.#node, this.#options);
      return { object, state: isWhole ? 'unknown' : 'failed', status: null, error: this.brokenBy };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #answer(messageId: number): Promise<CommandSet> {
    const { objectMs, answerMs } = this.#options.limits;
    const answer = await this.#association.receive(objectMs + answerMs);
    if (answer === null) throw new ConnectionLost('the node released it without an answer');
    const { command } = answer;
    if (
      numberOf(command, commandTags.commandField) !== (commandFields.store | commandFields.answer) ||
      numberOf(command, commandTags.messageIdBeingRespondedTo) !== messageId % 0x10000
    ) {
      throw new ProtocolFault(abortReasons.notSpecified, 'it answers something that it was not asked');
    }
    return command;
  }

  #outcome<O extends SendableObject>(object: O, command: CommandSet): SendOutcome<O> {
    const status = numberOf(command, commandTags.status);
    const kind = statusKind(status);
    if (kind === 'success') return { object, state: 'stored', status, error: null };
    const comment = command.get(commandTags.errorComment);
    const said = typeof comment === 'string' && comment.trim() !== '' ? ` It says: ${comment.trim()}.` : '';
    const answer = `${statusWords(status)} (${statusCode(status)}).${said}`;
    const message =
      kind === 'warning'
        ? `The node answers with a warning: ${answer}`
        : `The node did not store the object: ${answer}`;
    const error = new SystolaError('node-refused', message, object.name);
    return { object, state: kind === 'warning' ? 'warning' : 'refused', status, error };
  }

  async *#counted(
    object: SendableObject,
    onUnreadable: (error: unknown) => void,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let bytes = 0;
    const chunks = object.dataSet()[Symbol.asyncIterator]();
    try {
      for (;;) {
        let result: IteratorResult<Uint8Array>;
        try {
          result = await chunks.next();
        } catch (error) {
          onUnreadable(error);
          throw error;
        }
        if (result.done === true) return;
        yield result.value;
        bytes += result.value.length;
        this.#options.onProgress?.(object, bytes);
      }
    } finally {
      await chunks.return?.();
    }
  }
}

function storeCommand(object: SendableObject, messageId: number): CommandSet {
  return new Map<(typeof commandTags)[keyof typeof commandTags], string | number>([
    [commandTags.affectedSopClassUid, object.sopClassUid],
    [commandTags.commandField, commandFields.store],
    [commandTags.messageId, messageId % 0x10000],
    [commandTags.priority, mediumPriority],
    [commandTags.commandDataSetType, followed],
    [commandTags.affectedSopInstanceUid, object.sopInstanceUid],
  ]);
}

interface Batch {
  readonly contexts: readonly ProposedContext[];
  /** Number of the first object that is not of this batch. */
  readonly end: number;
  contextOf(object: SendableObject): number;
}

/** As many objects as one association has contexts for: one for each class and transfer syntax that they are of. */
function batchFrom(objects: readonly SendableObject[], start: number): Batch {
  const key = ({ sopClassUid, transferSyntaxUid }: SendableObject): string =>
    `${sopClassUid} ${transferSyntaxUid}`;
  const contexts = new Map<string, ProposedContext>();
  let end = start;
  for (; end < objects.length; end += 1) {
    const object = objects[end]!;
    if (contexts.has(key(object))) continue;
    if (contexts.size === mostContexts) break;
    contexts.set(key(object), {
      id: 2 * contexts.size + 1,
      abstractSyntax: object.sopClassUid,
      transferSyntaxes: [object.transferSyntaxUid],
    });
  }
  return { contexts: [...contexts.values()], end, contextOf: (object) => contexts.get(key(object))!.id };
}

async function release(association: Association | null): Promise<void> {
  try {
    await association?.release();
  } catch (error) {
    // Every object has its answer; a node that ends badly changes nothing of that.
    association?.abort(error);
  }
}

async function within<T>(answering: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Silence(ms)), ms);
  });
  try {
    return await Promise.race([answering, silence]);
  } finally {
    clearTimeout(timer);
  }
}

const mustStop = ({ signal, shouldStop }: StoreOptions): boolean => signal.aborted || shouldStop?.() === true;

const stopped = (node: NodeAddress): SystolaError =>
  new SystolaError('cancelled', 'It was stopped before this was sent.', nodeLabel(node));

const notSent = <O extends SendableObject>(object: O, error: SystolaError): SendOutcome<O> => ({
  object,
  state: 'not-sent',
  status: null,
  error,
});

function refusedSyntax<O extends SendableObject>(object: O, node: NodeAddress): SendOutcome<O> {
  const message =
    `${nodeLabel(node)} does not take ${sopClassLabel(object.sopClassUid)} in ${transferSyntaxLabel(object.transferSyntaxUid)}, ` +
    'and nothing is recoded. Have its administrator allow it.';
  const error = new SystolaError('node-refused', message, object.name);
  return { object, state: 'refused', status: null, error };
}

/** @throws a defect */
function expected(error: unknown, node: NodeAddress, { signal }: StoreOptions): SystolaError {
  if (signal.aborted) return stopped(node);
  const named = namedFailure(error, nodeLabel(node));
  if (named instanceof SystolaError) return named;
  throw error;
}
