import type { Attributes } from '../dicom/attributes.ts';
import type { TextVr } from '../dicom/ceilings.ts';

/** Attributes of a file that name people and examinations, whatever the preset keeps of others. */
const names = ['x00100010', 'x00101001', 'x00101005', 'x00101060', 'x00080090', 'x00081048', 'x00081050'];
const moreNames = ['x00081060', 'x00081070', 'x00321032', 'x0008009c', 'x00102297'];
const ids: readonly (readonly [string, TextVr])[] = [
  ['x00100020', 'LO'],
  ['x00101000', 'LO'],
  ['x00080050', 'SH'],
  ['x00380010', 'LO'],
  ['x00200010', 'SH'],
  ['x00100030', 'DA'],
  ['x00080080', 'LO'],
  ['x00081040', 'LO'],
];
/** Shorter parts of names are looked for as whole words only, since they stand inside others. */
const longEnough = 5;
const shortestName = 3;
const shortestId = 4;
const beyondAscii = /\P{ASCII}/u;

/** Finds what identifies a file's patient, staff and house in texts where it should not be. */
export class Identifiers {
  readonly #parts: readonly string[];
  readonly #words: ReadonlySet<string>;

  constructor(parts: readonly string[]) {
    const folded = [...new Set(parts.map(fold))];
    this.#parts = folded.filter((part) => part.length >= longEnough || beyondAscii.test(part));
    this.#words = new Set(folded);
  }

  static of(attributes: Attributes): Identifiers {
    const people = [...names, ...moreNames].flatMap((tag) =>
      (attributes.text(tag, 'PN') ?? '').split(/[\\^=,;.\s]+/),
    );
    const numbers = ids.flatMap(([tag, vr]) => attributes.texts(tag, vr));
    return new Identifiers([
      ...people.filter((part) => part.length >= (beyondAscii.test(part) ? 2 : shortestName)),
      ...numbers.filter((part) => part.length >= shortestId),
    ]);
  }

  /** Whether one of them stands in a text, alone or in another word. */
  standIn(text: string): boolean {
    const folded = fold(text);
    return (
      this.#parts.some((part) => folded.includes(part)) ||
      folded.split(/[^\p{L}\p{N}]+/u).some((word) => this.#words.has(word))
    );
  }

  /** Whether one of the longer ones stands in bytes that should be numbers. */
  standInBytes(bytes: Uint8Array): boolean {
    const { buffer, byteOffset, length } = bytes;
    const folded = Buffer.from(buffer, byteOffset, length).toString('latin1').toLowerCase();
    return this.#parts.some((part) => folded.includes(part));
  }
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
