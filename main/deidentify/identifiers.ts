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
/** What names people, examinations and the house in one file. */
export interface IdentifyingTexts {
  /** Names as DICOM writes them. */
  readonly people: readonly string[];
  /** IDs and dates, and names of houses. */
  readonly numbers: readonly string[];
}

export function identifyingTexts(attributes: Attributes): IdentifyingTexts {
  return {
    people: [...names, ...moreNames].flatMap((tag) => attributes.texts(tag, 'PN')),
    numbers: ids.flatMap(([tag, vr]) => attributes.texts(tag, vr)),
  };
}

/** Shorter parts of names are looked for as whole words only, since they stand inside others. */
const longEnough = 5;
const shortest = 3;
/** Two characters are a whole name in many scripts. */
const shortestBeyondAscii = 2;
const beyondAscii = /\P{ASCII}/u;

/** Finds what identifies a file's patient, staff and house in texts where it should not be. */
export class Identifiers {
  readonly #parts: readonly string[];
  readonly #words: ReadonlySet<string>;

  /**
   * @param people names as DICOM writes them, each also by its parts: half of a double name stands for it too
   * @param numbers IDs and dates
   */
  constructor(people: readonly string[], numbers: readonly string[]) {
    const names = people.flatMap((name) => name.split(/[\\^=,;.\s]+/));
    const halves = names.flatMap((name) => name.split(/[^\p{L}\p{M}\p{N}]+/u));
    const long = [...names, ...halves].filter(
      (part) => part.length >= (beyondAscii.test(part) ? shortestBeyondAscii : shortest),
    );
    const folded = [...new Set([...long, ...numbers.filter((part) => part.length >= shortest)].map(fold))];
    this.#parts = folded.filter((part) => part.length >= longEnough || beyondAscii.test(part));
    this.#words = new Set(folded);
  }

  static of(...texts: readonly IdentifyingTexts[]): Identifiers {
    return new Identifiers(
      texts.flatMap(({ people }) => people),
      texts.flatMap(({ numbers }) => numbers),
    );
  }

  /** Where nobody knows who may be named: any text may be somebody's. */
  static anything(): Pick<Identifiers, 'standIn'> {
    return { standIn: () => true };
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
    const folded = fold(Buffer.from(buffer, byteOffset, length).toString('latin1'));
    return this.#parts.some((part) => folded.includes(part));
  }
}

/** Without accents: who types at a scanner leaves them out. */
const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase();
