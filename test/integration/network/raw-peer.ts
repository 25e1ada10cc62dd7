import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { encodeAssociateRequest } from '../../../main/network/associate.ts';
import { commandTags, encodeCommand, type CommandSet } from '../../../main/network/command-set.ts';
import { dataUnitHead } from '../../../main/network/pdu.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0))
    await new Promise<void>((closed) => void server.close(() => closed()));
});

const ultrasoundLoop = '1.2.840.10008.5.1.4.1.1.3.1';
export const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** An association as a decent peer asks for it, for a loop in explicit little endian. */
export const associate = (called = 'SYSTOLA'): Buffer =>
  encodeAssociateRequest({
    calledAeTitle: called,
    callingAeTitle: 'HOSTILE',
    contexts: [{ id: 1, abstractSyntax: ultrasoundLoop, transferSyntaxes: [explicitLittleEndian] }],
  });

export type Elements = [(typeof commandTags)[keyof typeof commandTags], string | number][];

export const storeRequest = (sopInstanceUid: string, changes: Elements = []): CommandSet =>
  new Map<Elements[number][0], string | number>([
    [commandTags.affectedSopClassUid, ultrasoundLoop],
    [commandTags.commandField, 1],
    [commandTags.messageId, 7],
    [commandTags.priority, 0],
    [commandTags.commandDataSetType, 0],
    [commandTags.affectedSopInstanceUid, sopInstanceUid],
    ...changes,
  ]);

/** A data unit with one value. */
export const unit = (bytes: Uint8Array, isCommand: boolean, isLast = true, contextId = 1): Buffer =>
  Buffer.concat([dataUnitHead({ contextId, isCommand, isLast }, bytes.length), bytes]);

export const commandUnit = (command: CommandSet): Buffer => unit(encodeCommand(command), true);

/** A header that announces `length` bytes. */
export const announced = (type: number, length: number): Buffer => {
  const head = Buffer.alloc(6);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(length, 2);
  return head;
};

/** A connection by hand: what came, unit by unit, and its end. */
export class RawPeer {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #isClosed = false;
  #changed: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    sockets.push(socket);
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#changed();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#changed();
    });
    socket.on('end', () => this.#changed());
  }

  static async to(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const peer = new RawPeer(socket);
    await new Promise((connected) => socket.once('connect', connected));
    return peer;
  }

  write(...parts: readonly Uint8Array[]): void {
    for (const part of parts) this.socket.write(part);
  }

  /** Type and body of the next unit; null when the connection ends before. */
  async next(): Promise<{ readonly type: number; readonly body: Buffer } | null> {
    for (;;) {
      const length = this.#bytes.length < 6 ? null : this.#bytes.readUInt32BE(2);
      if (length !== null && this.#bytes.length >= 6 + length) {
        const body = this.#bytes.subarray(6, 6 + length);
        const type = this.#bytes.readUInt8(0);
        this.#bytes = this.#bytes.subarray(6 + length);
        return { type, body };
      }
      if (this.#isClosed || this.socket.readableEnded) return null;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** Units until the connection ends. */
  async rest(): Promise<{ readonly type: number; readonly body: Buffer }[]> {
    const units: { type: number; body: Buffer }[] = [];
    for (let found = await this.next(); found !== null; found = await this.next()) units.push(found);
    return units;
  }
}

/** A node by hand: `talk` has each connection. Returns its port. */
export async function rawNode(talk: (peer: RawPeer) => Promise<void>): Promise<number> {
  const server = createServer((socket) => void talk(new RawPeer(socket)));
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}
