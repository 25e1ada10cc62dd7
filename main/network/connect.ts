import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { DicomNode } from '../../core/network/dicom-node.ts';
import { SystolaError } from '../../core/error.ts';
import { clientTls, tlsWords, unusablePem } from './secure-connection.ts';

/** Where a node is and what it is called. */
export type NodeAddress = Omit<DicomNode, 'name'>;

/** "ARCHIVE at pacs.local:11112", as messages name a node. */
export const nodeLabel = ({ calledAeTitle, host, port }: NodeAddress): string =>
  `${calledAeTitle} at ${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * A connection to a node, secured where the node is configured so; there is no way back to an open one.
 *
 * @throws SystolaError `node-unreachable`, and of files of TLS that cannot be used; the signal's reason
 */
export async function connectTo(node: NodeAddress, withinMs: number, signal: AbortSignal): Promise<Socket> {
  const { host, port, tls } = node;
  signal.throwIfAborted();
  const secure = tls === null ? null : await clientTls(host, tls);
  let socket: Socket;
  try {
    socket = secure === null ? connectTcp({ host, port }) : connectTls({ host, port, ...secure });
  } catch (error) {
    // Node reads certificate and key before anything is dialled.
    throw unusablePem(error, tls?.certificateFile ?? tls?.authoritiesFile ?? nodeLabel(node));
  }
  return await new Promise<Socket>((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      act();
    };
    const fail = (error: unknown): void => {
      socket.destroy();
      reject(error as Error);
    };
    const unreachable = (words: string, cause?: unknown): SystolaError =>
      new SystolaError('node-unreachable', `The node cannot be reached: ${words}.`, nodeLabel(node), {
        cause,
      });
    const onError = (error: NodeJS.ErrnoException): void =>
      settle(() => fail(unreachable(connectionWords(error), error)));
    const onAbort = (): void => settle(() => fail(signal.reason));
    const timer = setTimeout(
      () => settle(() => fail(unreachable('it does not answer; check host, port and firewall'))),
      withinMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once(secure === null ? 'connect' : 'secureConnect', () => settle(() => resolve(socket)));
  });
}

function connectionWords(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens at this port; check that the node runs, and its port';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no host of this name; check the name and the network';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to it in this network';
    case 'ETIMEDOUT':
      return 'it does not answer; check host, port and firewall';
    case 'ECONNRESET':
      return 'it closed the connection at once; it may want TLS, or not speak it';
    default:
      return tlsWords(error) ?? error.code ?? 'the connection failed';
  }
}
