import type { Socket } from 'node:net';
import { AbortedByPeer, ConnectionLost, ProtocolFault, Silence } from './network-failure.ts';
import { encodeAbort, pduHeaderBytes, pduTypes, readAbort, readPduHeader, type Pdu } from './pdu.ts';
import { tlsWords } from './secure-connection.ts';

/** How long the other end may take to close its side once all is said (the timer ARTIM of PS3.8 section 9.1.5). */
const closingMs = 5_000;

/**
 * Protocol data units over one socket. A unit is held once its header was found right, and has to be whole within its
 * time however it trickles in; nothing is read while nobody asks for it.
 */
export class PduChannel {
  readonly #socket: Socket;
  readonly #arriving: AsyncIterator<Buffer>;
  #parts: Buffer[] = [];
  #held = 0;
  #failure: Error | null = null;
  #isAborted = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    // What goes wrong is told to who reads or writes; this keeps it from being nobody's.
    socket.on('error', (error) => (this.#failure ??= lost(error)));
    this.#arriving = socket.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /**
   * The next unit.
   *
   * @throws AbortedByPeer, ConnectionLost, ProtocolFault, Silence
   */
  async next(withinMs: number): Promise<Pdu> {
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => silence.reject(new Silence(withinMs)), withinMs);
    silence.promise.catch(() => undefined);
    try {
      const { type, length } = readPduHeader(await this.#take(pduHeaderBytes, silence.promise));
      const pdu: Pdu = { type, body: await this.#take(length, silence.promise) };
      if (type === pduTypes.abort) {
        const { source, reason } = readAbort(pdu);
        this.#socket.destroy();
        throw (this.#failure = new AbortedByPeer(source, reason));
      }
      return pdu;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Writes, and waits where the other end does not take as much as comes.
   *
   * @throws AbortedByPeer, ConnectionLost, Silence
   */
  async send(parts: readonly Uint8Array[], withinMs: number): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (!this.isOpen) throw new ConnectionLost('the other end closed it');
    this.#socket.cork();
    let isTaken = true;
    for (const part of parts) isTaken = this.#socket.write(part) && isTaken;
    this.#socket.uncork();
    if (!isTaken) await this.#drained(withinMs);
  }

  /** Ends the association for all to see, with a reason where the other end is at fault. Never throws. */
  abort(cause?: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    const isFault = cause instanceof ProtocolFault;
    if (this.isOpen) this.#socket.end(encodeAbort(isFault ? 2 : 0, isFault ? cause.reason : 0));
    this.#destroySoon();
  }

  /** Closes once everything that was written has gone. */
  close(): void {
    if (this.isOpen) this.#socket.end();
    this.#destroySoon();
  }

  /**
   * Reads on without looking at it until the other end closes too: bytes that are left unread would make the system
   * throw away what was last written.
   */
  #destroySoon(): void {
    const timer = setTimeout(() => this.#socket.destroy(), closingMs);
    this.#socket.once('close', () => clearTimeout(timer));
    void this.#readOut();
  }

  async #readOut(): Promise<void> {
    try {
      while ((await this.#arriving.next()).done !== true);
    } catch {
      // It is gone, which is what is waited for.
    }
    this.#socket.destroy();
  }

  async #take(count: number, silence: Promise<never>): Promise<Buffer> {
    while (this.#held < count) {
      const chunk = await Promise.race([this.#nextChunk(), silence]);
      this.#parts.push(chunk);
      this.#held += chunk.length;
    }
    const [first] = this.#parts;
    const all = first !== undefined && this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
    this.#parts = all.length > count ? [all.subarray(count)] : [];
    this.#held = all.length - count;
    return all.subarray(0, count);
  }

  async #nextChunk(): Promise<Buffer> {
    let result: IteratorResult<Buffer>;
    try {
      result = await this.#arriving.next();
    } catch (error) {
      throw (this.#failure ??= lost(error));
    }
    if (result.done === true) throw (this.#failure ??= new ConnectionLost('the other end closed it'));
    return result.value;
  }

  #drained(withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        socket.off('drain', onDrain);
        socket.off('close', onClose);
        act();
      };
      const onDrain = (): void => settle(resolve);
      const onClose = (): void =>
        settle(() => reject(this.#failure ?? new ConnectionLost('the other end closed it')));
      const timer = setTimeout(() => settle(() => reject(new Silence(withinMs))), withinMs);
      socket.once('drain', onDrain);
      socket.once('close', onClose);
      if (socket.destroyed) onClose();
    });
  }
}

function lost(error: unknown): ConnectionLost {
  const code = (error as NodeJS.ErrnoException).code;
  const closed = code === 'ECONNRESET' || code === 'EPIPE' ? 'the other end closed it' : null;
  const words = closed ?? tlsWords(error as NodeJS.ErrnoException) ?? code ?? 'it failed';
  return new ConnectionLost(words, { cause: error });
}
