import { SystolaError } from '../../core/error.ts';

/** The other end does not keep to the protocol; it is told so by an A-ABORT with this reason (PS3.8 table 9-26). */
export class ProtocolFault extends Error {
  readonly reason: AbortReason;

  constructor(reason: AbortReason, message: string) {
    super(message);
    this.name = 'ProtocolFault';
    this.reason = reason;
  }
}

/** Reasons of the provider for an A-ABORT (PS3.8 table 9-26). */
export const abortReasons = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  unrecognizedParameter: 4,
  unexpectedParameter: 5,
  invalidParameter: 6,
} as const;
export type AbortReason = (typeof abortReasons)[keyof typeof abortReasons];

/** The connection is gone. */
export class ConnectionLost extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConnectionLost';
  }
}

/** The other end ended the association in the middle of it. */
export class AbortedByPeer extends Error {
  constructor(source: number, reason: number) {
    super(source === 2 ? (abortWords[reason] ?? `reason ${reason}`) : 'it gave no reason');
    this.name = 'AbortedByPeer';
  }
}

/** The other end said nothing for too long. */
export class Silence extends Error {
  constructor(waitedMs: number) {
    super(`nothing came for ${Math.round(waitedMs / 1000)} s`);
    this.name = 'Silence';
  }
}

const abortWords: Readonly<Record<number, string>> = {
  0: 'it gave no reason',
  1: 'it did not understand what it was sent',
  2: 'it did not expect what it was sent',
  4: 'it did not know a part of what it was sent',
  5: 'it did not expect a part of what it was sent',
  6: 'a part of what it was sent was wrong',
};

/** What went wrong while talking to a node, in words; defects stay what they are. */
export function namedFailure(error: unknown, node: string): unknown {
  if (error instanceof SystolaError) return error;
  if (error instanceof AbortedByPeer) {
    return brokeOff(node, `The node broke off the association: ${error.message}. Look into its log.`, error);
  }
  if (error instanceof Silence) {
    return brokeOff(node, `The node does not answer any more: ${error.message}. Try again later.`, error);
  }
  if (error instanceof ConnectionLost) {
    return brokeOff(
      node,
      `The connection broke off: ${error.message}. Check the network and try again.`,
      error,
    );
  }
  if (error instanceof ProtocolFault) {
    return brokeOff(
      node,
      `What answers there does not keep to DICOM: ${error.message}. Check host and port.`,
      error,
    );
  }
  return error;
}

const brokeOff = (node: string, message: string, cause: unknown): SystolaError =>
  new SystolaError('node-broke-off', message, node, { cause });
