import { createHmac, randomBytes } from 'node:crypto';
import { SystolaError } from '../../core/error.ts';

export const keyBytes = 32;
/** Without letters that are taken for digits or for one another. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const pseudonymLetters = 10;
const longestShiftDays = 365;

/**
 * The secret of a project. All that stands in the place of an identity is its HMAC-SHA-256: the same in every file of the
 * project, and neither to be computed nor to be tried out by anybody who has not the key (PS3.15 annex E.1.2).
 */
export class ProjectKey {
  readonly bytes: Uint8Array;

  /** @throws SystolaError `bad-request` for a key of another length */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== keyBytes) {
      throw new SystolaError('bad-request', `A project's key has ${keyBytes} bytes, not ${bytes.length}.`);
    }
    this.bytes = bytes;
  }

  static random(): ProjectKey {
    return new ProjectKey(new Uint8Array(randomBytes(keyBytes)));
  }

  /** 128 bits of the HMAC as a UID under 2.25 (PS3.5 annex B.2). */
  uid(uid: string): string {
    return `2.25.${BigInt(`0x${this.#hmac(uid).toString('hex', 0, 16)}`)}`;
  }

  /** "S-" and ten letters and digits, 50 bits: the name and the ID of a patient. */
  pseudonym(patient: string): string {
    return `S-${this.#word(`patient\0${patient}`)}`;
  }

  /** How far a patient's dates are moved: 1 to 365 whole days into the past. */
  shiftDays(patient: string): number {
    const number = this.#hmac(`shift\0${patient}`).readUIntBE(0, 6);
    return -1 - (number % longestShiftDays);
  }

  /** What stands in the place of another text that tells things apart. */
  alias(text: string): string {
    return `A-${this.#word(`alias\0${text}`)}`;
  }

  /** Six digits that tell a patient's stages apart, where their names may not. */
  stageNumber(patient: string, stage: string): string {
    const number = this.#hmac(`stage\0${patient}\0${stage}`).readUIntBE(0, 6);
    return String(number % 1_000_000).padStart(6, '0');
  }

  #word(message: string): string {
    const hmac = this.#hmac(message);
    return Array.from({ length: pseudonymLetters }, (_, index) => {
      const bit = index * 5;
      return letters[(hmac.readUInt16BE(bit >> 3) >>> (11 - (bit & 7))) & 31]!;
    }).join('');
  }

  /** No UID holds the zero byte that parts a purpose from its text. */
  #hmac(message: string): Buffer {
    return createHmac('sha256', this.bytes).update(message).digest();
  }
}
