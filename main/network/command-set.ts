import { isUid } from '../dicom/uid.ts';
import { abortReasons, ProtocolFault } from './network-failure.ts';

/** Elements of commands that are used (PS3.7 annex E). */
export const commandTags = {
  affectedSopClassUid: 0x0002,
  commandField: 0x0100,
  messageId: 0x0110,
  messageIdBeingRespondedTo: 0x0120,
  priority: 0x0700,
  commandDataSetType: 0x0800,
  status: 0x0900,
  errorComment: 0x0902,
  affectedSopInstanceUid: 0x1000,
} as const;
type CommandTag = (typeof commandTags)[keyof typeof commandTags];

/** Command Field (PS3.7 annex E.1): an answer is its request with the highest bit set. */
export const commandFields = { store: 0x0001, echo: 0x0030, answer: 0x8000 } as const;

/** Command Data Set Type of a command that no data set follows; any other value announces one. */
export const noDataSet = 0x0101;

type Vr = 'US' | 'UI' | 'LO';
const representations: Readonly<Record<CommandTag, Vr>> = {
  0x0002: 'UI',
  0x0100: 'US',
  0x0110: 'US',
  0x0120: 'US',
  0x0700: 'US',
  0x0800: 'US',
  0x0900: 'US',
  0x0902: 'LO',
  0x1000: 'UI',
};

/** The elements of a command, by their number in group 0000. */
export type CommandSet = ReadonlyMap<CommandTag, string | number>;

/** More than any command with all its elements. */
export const mostCommandBytes = 16 * 1024;

const headBytes = 8;
const longestText = 64;

/** A command as it is sent: implicit VR little endian, its group length in front (PS3.7 section 6.3.1). */
export function encodeCommand(elements: CommandSet): Buffer {
  const encoded = [...elements]
    .sort(([a], [b]) => a - b)
    .map(([tag, value]) => element(tag, valueBytes(tag, value)));
  const body = Buffer.concat(encoded);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([element(0x0000, length), body]);
}

/**
 * A command as it came: elements of group 0000 alone, in their order, after a group length that is true. Those that are
 * not used are left out.
 *
 * @throws ProtocolFault
 */
export function readCommand(bytes: Buffer): CommandSet {
  const elements = new Map<CommandTag, string | number>();
  let previous = -1;
  for (let position = 0; position < bytes.length;) {
    if (bytes.length - position < headBytes) throw wrong('an element is cut off');
    const group = bytes.readUInt16LE(position);
    const number = bytes.readUInt16LE(position + 2);
    const start = position + headBytes;
    const end = start + bytes.readUInt32LE(position + 4);
    if (group !== 0) throw wrong('it has an element of another group');
    if (number <= previous) throw wrong('its elements are not in order');
    if (end > bytes.length) throw wrong('an element is longer than the command');
    const value = bytes.subarray(start, end);
    if (previous === -1) requireTrueLength(number, value, bytes.length - end);
    else if (isUsed(number)) elements.set(number, readValue(number, value));
    previous = number;
    position = end;
  }
  if (previous === -1) throw wrong('it is empty');
  return elements;
}

/** @throws ProtocolFault where the command has no such number */
export function numberOf(command: CommandSet, tag: CommandTag): number {
  const value = command.get(tag);
  if (typeof value !== 'number') throw wrong(`it has no element (0000,${hexadecimal(tag)})`);
  return value;
}

/** @throws ProtocolFault where the command has no such UID */
export function uidOf(command: CommandSet, tag: CommandTag): string {
  const value = command.get(tag);
  if (typeof value !== 'string') throw wrong(`it has no element (0000,${hexadecimal(tag)})`);
  return value;
}

/** Text for a comment of at most 64 characters, in ASCII and without a backslash, as LO without a character set is. */
export function commentText(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?');
  return plain.length <= longestText ? plain : `${plain.slice(0, longestText - 3)}...`;
}

function requireTrueLength(number: number, value: Buffer, left: number): void {
  if (number !== 0 || value.length !== 4) throw wrong('it does not begin with its length');
  if (value.readUInt32LE(0) !== left) throw wrong('its length is not what it says');
}

function readValue(tag: CommandTag, value: Buffer): string | number {
  if (representations[tag] === 'US') {
    if (value.length !== 2) throw wrong(`(0000,${hexadecimal(tag)}) is no number of two bytes`);
    return value.readUInt16LE(0);
  }
  const text = value.toString('latin1').replace(/[\0 ]+$/, '');
  if (representations[tag] === 'UI' && !isUid(text)) throw wrong(`(0000,${hexadecimal(tag)}) is no UID`);
  return text;
}

function valueBytes(tag: CommandTag, value: string | number): Buffer {
  const vr = representations[tag];
  if (vr === 'US') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(Number(value));
    return bytes;
  }
  const text = String(value);
  if (vr === 'UI' ? !isUid(text) : text !== commentText(text)) {
    throw new Error(`(0000,${hexadecimal(tag)}) cannot hold what it is given.`);
  }
  return Buffer.from(text.length % 2 === 0 ? text : text + (vr === 'UI' ? '\0' : ' '), 'latin1');
}

function element(number: number, value: Buffer): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

const isUsed = (number: number): number is CommandTag => number in representations;
const hexadecimal = (tag: number): string => tag.toString(16).padStart(4, '0').toUpperCase();

const wrong = (what: string): ProtocolFault =>
  new ProtocolFault(abortReasons.invalidParameter, `a command is not as PS3.7 has it: ${what}`);
