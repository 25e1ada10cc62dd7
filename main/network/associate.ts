import { isAeTitle } from '../../core/network/ae-title.ts';
import { isUid } from '../dicom/uid.ts';
import { implementationClassUid, implementationVersionName } from '../dicom/write/implementation.ts';
import { abortReasons, ProtocolFault } from './network-failure.ts';
import { encodePdu, ownDataBytes, pduTypes, type Pdu } from './pdu.ts';

/** The one application context of DICOM (PS3.7 annex A.2.1). */
export const applicationContextName = '1.2.840.10008.3.1.1.1';

export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export interface AssociateRequest {
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly contexts: readonly ProposedContext[];
}

/** A request as it came. */
export interface ReadRequest extends AssociateRequest {
  readonly knowsVersion1: boolean;
  readonly applicationContext: string;
  /** What a data unit to the requestor may hold; 0 is anything. */
  readonly mostDataBytes: number;
  /** The titles and reserved bytes, which the answer has to repeat. */
  readonly repeated: Buffer;
}

/** Results of a presentation context (PS3.8 table 9-18). */
export const contextResults = {
  accepted: 0,
  refusedByUser: 1,
  refused: 2,
  abstractSyntaxUnknown: 3,
  transferSyntaxesUnknown: 4,
} as const;

export interface AnsweredContext {
  readonly id: number;
  readonly result: number;
  /** Of an accepted context; of another it says nothing. */
  readonly transferSyntax: string;
}

export interface ReadAccept {
  readonly contexts: readonly AnsweredContext[];
  readonly mostDataBytes: number;
}

const itemTypes = {
  applicationContext: 0x10,
  proposedContext: 0x20,
  answeredContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maximumLength: 0x51,
  implementationClass: 0x52,
  implementationVersion: 0x55,
} as const;

/** Version, reserved, two titles of 16 bytes, 32 reserved (PS3.8 table 9-11). */
const fixedBytes = 68;
const titleBytes = 16;

export function encodeAssociateRequest({
  calledAeTitle,
  callingAeTitle,
  contexts,
}: AssociateRequest): Buffer {
  const fixed = Buffer.alloc(fixedBytes);
  fixed.writeUInt16BE(1, 0);
  fixed.write(padded(calledAeTitle), 4, 'latin1');
  fixed.write(padded(callingAeTitle), 4 + titleBytes, 'latin1');
  const body = Buffer.concat([
    fixed,
    textItem(itemTypes.applicationContext, applicationContextName),
    ...contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
      item(
        itemTypes.proposedContext,
        Buffer.of(id, 0, 0, 0),
        textItem(itemTypes.abstractSyntax, abstractSyntax),
        ...transferSyntaxes.map((uid) => textItem(itemTypes.transferSyntax, uid)),
      ),
    ),
    userInformation(),
  ]);
  return encodePdu(pduTypes.associateRequest, body);
}

/** @throws ProtocolFault */
export function readAssociateRequest({ body }: Pdu): ReadRequest {
  if (body.length < fixedBytes) throw wrong('it is too short');
  const items = readItems(body.subarray(fixedBytes));
  const contexts: ProposedContext[] = [];
  let applicationContext: string | null = null;
  let mostDataBytes = 0;
  for (const { type, value } of items) {
    if (type === itemTypes.applicationContext) applicationContext = uidOf(value);
    else if (type === itemTypes.proposedContext) contexts.push(readProposed(value));
    else if (type === itemTypes.userInformation) mostDataBytes = readMostDataBytes(value);
  }
  if (applicationContext === null) throw wrong('it names no application context');
  if (new Set(contexts.map(({ id }) => id)).size !== contexts.length) {
    throw wrong('two of its presentation contexts have the same number');
  }
  return {
    knowsVersion1: (body.readUInt16BE(0) & 1) === 1,
    calledAeTitle: titleAt(body, 4),
    callingAeTitle: titleAt(body, 4 + titleBytes),
    applicationContext,
    contexts,
    mostDataBytes,
    repeated: body.subarray(4, fixedBytes),
  };
}

export function encodeAssociateAccept(
  { repeated }: ReadRequest,
  contexts: readonly AnsweredContext[],
): Buffer {
  const body = Buffer.concat([
    Buffer.of(0, 1, 0, 0),
    repeated,
    textItem(itemTypes.applicationContext, applicationContextName),
    ...contexts.map(({ id, result, transferSyntax }) =>
      item(
        itemTypes.answeredContext,
        Buffer.of(id, 0, result, 0),
        textItem(itemTypes.transferSyntax, transferSyntax),
      ),
    ),
    userInformation(),
  ]);
  return encodePdu(pduTypes.associateAccept, body);
}

/** @throws ProtocolFault */
export function readAssociateAccept({ body }: Pdu): ReadAccept {
  if (body.length < fixedBytes) throw wrong('it is too short');
  const contexts: AnsweredContext[] = [];
  let mostDataBytes = 0;
  for (const { type, value } of readItems(body.subarray(fixedBytes))) {
    if (type === itemTypes.answeredContext) contexts.push(readAnswered(value));
    else if (type === itemTypes.userInformation) mostDataBytes = readMostDataBytes(value);
  }
  return { contexts, mostDataBytes };
}

function readProposed(value: Buffer): ProposedContext {
  if (value.length < 4) throw wrong('a presentation context is too short');
  const id = value.readUInt8(0);
  if (id % 2 === 0) throw wrong(`a presentation context has the number ${id}, which is even`);
  const items = readItems(value.subarray(4));
  const abstracts = items.filter(({ type }) => type === itemTypes.abstractSyntax);
  const transferSyntaxes = items
    .filter(({ type }) => type === itemTypes.transferSyntax)
    .map((found) => uidOf(found.value));
  if (abstracts.length !== 1 || transferSyntaxes.length === 0) {
    throw wrong('a presentation context has to have one abstract syntax and a transfer syntax');
  }
  return { id, abstractSyntax: uidOf(abstracts[0]!.value), transferSyntaxes };
}

function readAnswered(value: Buffer): AnsweredContext {
  if (value.length < 4) throw wrong('a presentation context is too short');
  const result = value.readUInt8(2);
  const syntax = readItems(value.subarray(4)).find(({ type }) => type === itemTypes.transferSyntax);
  if (result === contextResults.accepted && syntax === undefined) {
    throw wrong('an accepted presentation context has no transfer syntax');
  }
  // Some write nothing, or anything, into one that they refuse.
  const transferSyntax = result === contextResults.accepted ? uidOf(syntax!.value) : '';
  return { id: value.readUInt8(0), result, transferSyntax };
}

function readMostDataBytes(value: Buffer): number {
  const found = readItems(value).find(({ type }) => type === itemTypes.maximumLength);
  if (found === undefined) return 0;
  if (found.value.length !== 4) throw wrong('its maximum length is no number of four bytes');
  return found.value.readUInt32BE(0);
}

function userInformation(): Buffer {
  const most = Buffer.alloc(4);
  most.writeUInt32BE(ownDataBytes, 0);
  return item(
    itemTypes.userInformation,
    item(itemTypes.maximumLength, most),
    textItem(itemTypes.implementationClass, implementationClassUid),
    textItem(itemTypes.implementationVersion, implementationVersionName),
  );
}

interface Item {
  readonly type: number;
  readonly value: Buffer;
}

/** Items that fill `bytes` exactly; those of a type that nobody knows are the caller's to leave out. */
function readItems(bytes: Buffer): Item[] {
  const items: Item[] = [];
  for (let position = 0; position < bytes.length;) {
    if (bytes.length - position < 4) throw wrong('an item is cut off');
    const end = position + 4 + bytes.readUInt16BE(position + 2);
    if (end > bytes.length) throw wrong('an item is longer than what holds it');
    items.push({ type: bytes.readUInt8(position), value: bytes.subarray(position + 4, end) });
    position = end;
  }
  return items;
}

function item(type: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

const textItem = (type: number, text: string): Buffer => item(type, Buffer.from(text, 'latin1'));

/** A UID, which some pad with a zero or a space. */
function uidOf(value: Buffer): string {
  const text = value.toString('latin1').replace(/[\0 ]+$/, '');
  if (!isUid(text)) throw wrong('a UID in it is none');
  return text;
}

function titleAt(body: Buffer, offset: number): string {
  const title = body
    .toString('latin1', offset, offset + titleBytes)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!isAeTitle(title)) throw wrong('an AE title in it is none');
  return title;
}

const padded = (title: string): string => title.padEnd(titleBytes, ' ');

const wrong = (what: string): ProtocolFault =>
  new ProtocolFault(abortReasons.invalidParameter, `its association is not as PS3.8 has it: ${what}`);
