import { abortReasons, ProtocolFault } from './network-failure.ts';

/** Types of protocol data units (PS3.8 section 9.3.1). */
export const pduTypes = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseReply: 6,
  abort: 7,
} as const;
export type PduType = (typeof pduTypes)[keyof typeof pduTypes];

/** A unit as it came: its type and what follows its header. */
export interface Pdu {
  readonly type: PduType;
  readonly body: Buffer;
}

export const pduHeaderBytes = 6;

/**
 * What a data unit may hold that is sent to us; we say so when associating. As much as the fastest peers send, and little
 * enough to be held in memory for every association.
 */
export const ownDataBytes = 131_072;
/** 128 presentation contexts with thirty transfer syntaxes each, and room beside them. */
const associateBytes = 512 * 1024;
const shortBytes = 4;

const ceilings: Readonly<Record<PduType, number>> = {
  1: associateBytes,
  2: associateBytes,
  3: shortBytes,
  4: ownDataBytes,
  5: shortBytes,
  6: shortBytes,
  7: shortBytes,
};

/**
 * Type and length of a unit from its header, before anything is held for it.
 *
 * @throws ProtocolFault for a type that there is none of, and a length beyond what such a unit may have
 */
export function readPduHeader(header: Buffer): { readonly type: PduType; readonly length: number } {
  const type = header.readUInt8(0);
  if (!isPduType(type)) {
    throw new ProtocolFault(abortReasons.unrecognizedPdu, `there is no data unit of type ${type}`);
  }
  const length = header.readUInt32BE(2);
  const most = ceilings[type];
  if (length > most || (most === shortBytes && length !== shortBytes)) {
    throw new ProtocolFault(
      abortReasons.invalidParameter,
      `a data unit of type ${type} announces ${length} bytes, where ${most} are the most`,
    );
  }
  return { type, length };
}

export function encodePdu(type: PduType, body: Uint8Array): Buffer {
  const unit = Buffer.alloc(pduHeaderBytes + body.length);
  unit.writeUInt8(type, 0);
  unit.writeUInt32BE(body.length, 2);
  unit.set(body, pduHeaderBytes);
  return unit;
}

/** A-RELEASE-RQ, A-RELEASE-RP: nothing but four reserved bytes. */
export const encodeRelease = (type: PduType): Buffer => encodePdu(type, new Uint8Array(shortBytes));

/** @param source 0 for who uses the service, 2 for who provides it, and only then a reason is given */
export const encodeAbort = (source: 0 | 2, reason: number): Buffer =>
  encodePdu(pduTypes.abort, Uint8Array.of(0, 0, source, source === 2 ? reason : 0));

export const readAbort = ({ body }: Pdu): { readonly source: number; readonly reason: number } => ({
  source: body.readUInt8(2),
  reason: body.readUInt8(3),
});

/** One presentation data value of a data unit (PS3.8 section 9.3.5.1). */
export interface DataValue {
  readonly contextId: number;
  /** A part of a command; else of a data set. */
  readonly isCommand: boolean;
  readonly isLast: boolean;
  readonly bytes: Buffer;
}

/** Bytes of a data unit that are not of the message: length, context and the two flags. */
export const dataValueHeadBytes = 6;

/** The head of a data unit with one value of `length` bytes; the value follows. */
export function dataUnitHead(
  { contextId, isCommand, isLast }: Omit<DataValue, 'bytes'>,
  length: number,
): Buffer {
  const head = Buffer.alloc(pduHeaderBytes + dataValueHeadBytes);
  head.writeUInt8(pduTypes.data, 0);
  head.writeUInt32BE(length + dataValueHeadBytes, 2);
  head.writeUInt32BE(length + 2, 6);
  head.writeUInt8(contextId, 10);
  head.writeUInt8((isCommand ? 1 : 0) | (isLast ? 2 : 0), 11);
  return head;
}

/** @throws ProtocolFault when the values do not fill the unit exactly */
export function readDataValues({ body }: Pdu): DataValue[] {
  const values: DataValue[] = [];
  for (let position = 0; position < body.length;) {
    if (body.length - position < dataValueHeadBytes) throw notFilled();
    const length = body.readUInt32BE(position);
    const end = position + 4 + length;
    if (length < 2 || end > body.length) throw notFilled();
    const flags = body.readUInt8(position + 5);
    const isLast = (flags & 2) !== 0;
    // Values without bytes that end nothing would go on for ever.
    if (length === 2 && !isLast) throw notFilled();
    values.push({
      contextId: body.readUInt8(position + 4),
      isCommand: (flags & 1) !== 0,
      isLast,
      bytes: body.subarray(position + dataValueHeadBytes, end),
    });
    position = end;
  }
  if (values.length === 0) throw notFilled();
  return values;
}

const isPduType = (type: number): type is PduType => type >= 1 && type <= 7;

const notFilled = (): ProtocolFault =>
  new ProtocolFault(abortReasons.invalidParameter, 'the values of a data unit do not fit into it');
