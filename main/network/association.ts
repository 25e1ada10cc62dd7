import {
  type CommandSet,
  commandTags,
  encodeCommand,
  mostCommandBytes,
  noDataSet,
  numberOf,
  readCommand,
} from './command-set.ts';
import { abortReasons, ProtocolFault, Silence } from './network-failure.ts';
import type { NetworkLimits } from './network-limits.ts';
import {
  dataUnitHead,
  dataValueHeadBytes,
  encodeRelease,
  ownDataBytes,
  pduTypes,
  readDataValues,
  type DataValue,
} from './pdu.ts';
import type { PduChannel } from './pdu-channel.ts';

/** A presentation context that both ends agreed on. */
export interface AgreedContext {
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

export interface AssociationOptions {
  readonly channel: PduChannel;
  readonly contexts: ReadonlyMap<number, AgreedContext>;
  /** What the other end takes in one data unit; 0 is anything. */
  readonly mostDataBytes: number;
  readonly limits: NetworkLimits;
}

/** A message of DIMSE (PS3.7): a command, and the data set that follows it. */
export interface Message {
  readonly contextId: number;
  readonly command: CommandSet;
  /** Comes as it is read; null of a command without one. Read to its end, or passed over, before the next message. */
  readonly dataSet: AsyncIterable<Buffer> | null;
}

/** Less would be no protocol any more: a byte of a clip for each of head. */
const leastDataBytes = 128;

/** An association once it is established: messages both ways, whoever asked for it. */
export class Association {
  readonly contexts: ReadonlyMap<number, AgreedContext>;
  readonly #channel: PduChannel;
  readonly #limits: NetworkLimits;
  /** Bytes of a message that go into one data unit; even, as PS3.8 annex E wants fragments. */
  readonly #fragmentBytes: number;
  readonly #waiting: DataValue[] = [];
  /** What is left of the data set that is being read. */
  #unread: AsyncIterator<Buffer> | null = null;

  /** @throws ProtocolFault when the other end takes next to nothing at a time */
  constructor({ channel, contexts, mostDataBytes, limits }: AssociationOptions) {
    this.contexts = contexts;
    this.#channel = channel;
    this.#limits = limits;
    const most = mostDataBytes === 0 ? ownDataBytes : Math.min(mostDataBytes, ownDataBytes);
    if (most < leastDataBytes) {
      throw new ProtocolFault(
        abortReasons.invalidParameter,
        `it takes ${mostDataBytes} bytes at a time, where ${leastDataBytes} are the least`,
      );
    }
    this.#fragmentBytes = (most - dataValueHeadBytes) & ~1;
  }

  /**
   * Sends a message; the bytes of its data set go as they are.
   *
   * @throws AbortedByPeer, ConnectionLost, Silence, and what `dataSet` throws
   */
  async send(
    contextId: number,
    command: CommandSet,
    dataSet: AsyncIterable<Uint8Array> | null,
  ): Promise<void> {
    await this.#sendFragments(contextId, true, [encodeCommand(command)]);
    if (dataSet !== null) await this.#sendFragments(contextId, false, dataSet);
  }

  /**
   * The next message; null when the other end releases the association, which is answered.
   *
   * @throws AbortedByPeer, ConnectionLost, ProtocolFault, Silence
   */
  async receive(withinMs: number): Promise<Message | null> {
    await this.#passOver();
    const first = await this.#nextValue(withinMs, true);
    if (first === null) return null;
    const command = await this.#readCommand(first);
    const { contextId } = first;
    if (numberOf(command, commandTags.commandDataSetType) === noDataSet) {
      return { contextId, command, dataSet: null };
    }
    const reading = this.#readDataSet(contextId);
    this.#unread = reading;
    return { contextId, command, dataSet: reading };
  }

  /** Asks for the end of the association and waits for the answer; a peer that gives none is left all the same. */
  async release(): Promise<void> {
    await this.#channel.send([encodeRelease(pduTypes.releaseRequest)], this.#limits.unitMs);
    const { type } = await this.#channel.next(this.#limits.associateMs);
    if (type !== pduTypes.releaseReply) throw unexpected(type);
    this.#channel.close();
  }

  /** Ends it at once. Never throws. */
  abort(cause?: unknown): void {
    this.#channel.abort(cause);
  }

  async #passOver(): Promise<void> {
    const unread = this.#unread;
    this.#unread = null;
    if (unread !== null) while ((await unread.next()).done !== true);
  }

  async #readCommand(first: DataValue): Promise<CommandSet> {
    if (!this.contexts.has(first.contextId)) {
      throw new ProtocolFault(abortReasons.invalidParameter, 'it uses a context that was not agreed on');
    }
    const parts: Buffer[] = [];
    let bytes = 0;
    for (let value = first; ; value = await this.#nextOf(first.contextId, true)) {
      if (!value.isCommand) throw mixed();
      bytes += value.bytes.length;
      if (bytes > mostCommandBytes) {
        throw new ProtocolFault(abortReasons.invalidParameter, 'a command is larger than any is');
      }
      // A copy: a view would keep the whole data unit that it came in.
      parts.push(Buffer.from(value.bytes));
      if (value.isLast) return readCommand(Buffer.concat(parts));
    }
  }

  async *#readDataSet(contextId: number): AsyncGenerator<Buffer, void, undefined> {
    const startedMs = performance.now();
    let bytes = 0;
    for (;;) {
      const value = await this.#nextOf(contextId, false);
      bytes += value.bytes.length;
      // What is refused for its size is read out so that it can be said, and no further.
      if (bytes > 2 * this.#limits.objectBytes) {
        throw new ProtocolFault(abortReasons.notSpecified, 'an object is larger than is taken');
      }
      if (performance.now() - startedMs > this.#limits.objectMs) throw new Silence(this.#limits.objectMs);
      if (value.bytes.length > 0) yield value.bytes;
      if (value.isLast) return;
    }
  }

  /** The next value of a message that has begun. */
  async #nextOf(contextId: number, isCommand: boolean): Promise<DataValue> {
    const value = await this.#nextValue(this.#limits.unitMs, false);
    if (value?.contextId !== contextId || value.isCommand !== isCommand) throw mixed();
    return value;
  }

  async #nextValue(withinMs: number, mayRelease: boolean): Promise<DataValue | null> {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return waiting;
    const pdu = await this.#channel.next(withinMs);
    if (pdu.type === pduTypes.releaseRequest && mayRelease) {
      await this.#channel.send([encodeRelease(pduTypes.releaseReply)], this.#limits.unitMs);
      this.#channel.close();
      return null;
    }
    if (pdu.type !== pduTypes.data) throw unexpected(pdu.type);
    this.#waiting.push(...readDataValues(pdu));
    return this.#waiting.shift()!;
  }

  async #sendFragments(
    contextId: number,
    isCommand: boolean,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    // One behind: only who has seen the end knows which fragment is the last.
    let held: Uint8Array | null = null;
    const sendHeld = async (isLast: boolean): Promise<void> => {
      const value = held ?? new Uint8Array();
      const head = dataUnitHead({ contextId, isCommand, isLast }, value.length);
      await this.#channel.send([head, value], this.#limits.unitMs);
    };
    for await (const fragment of inFragments(bytes, this.#fragmentBytes)) {
      if (held !== null) await sendHeld(false);
      held = fragment;
    }
    await sendHeld(true);
  }
}

/** The same bytes in pieces of `size`, but for the last. */
async function* inFragments(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left: Uint8Array = new Uint8Array();
  for await (const chunk of bytes) {
    let rest = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
    for (; rest.length >= size; rest = rest.subarray(size)) yield rest.subarray(0, size);
    left = rest;
  }
  if (left.length > 0) yield left;
}

const unexpected = (type: number): ProtocolFault =>
  new ProtocolFault(abortReasons.unexpectedPdu, `a data unit of type ${type} comes where none may`);

const mixed = (): ProtocolFault =>
  new ProtocolFault(abortReasons.unexpectedParameter, 'parts of two messages are mixed');
