import { basename } from 'node:path';
import { mostPassedOverNamed, mostRejectedListed, type ImportState } from '../../core/api/events.ts';
import type { RejectedFile } from '../../core/api/rejected-file.ts';
import { SystolaError } from '../../core/error.ts';
import { cut, cutFileName, maxTextCharacters as longestName } from '../dicom/ceilings.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { KnownInstance } from '../library/instance-intake.ts';
import type { Library } from '../library/library.ts';

/** What became of the files of an import, as far as is told of it. */
type Counts = Pick<
  ImportState,
  | 'filesDone'
  | 'accepted'
  | 'known'
  | 'documents'
  | 'rejected'
  | 'rejectedFrom'
  | 'rejectedTotal'
  | 'passedOver'
  | 'studies'
>;

export interface TallyListeners {
  /** Called for every refused file, however many are told of one by one. */
  onRejected?(file: RejectedFile): void;
  /** Called for every file that is no DICOM. */
  onPassedOver?(file: string): void;
}

/** Refused files that the audit log names. */
const auditedNames = 20;

/** Counts what becomes of the files of one import, and keeps the first names of those that were not taken. */
export class ImportTally {
  readonly #listeners: TallyListeners;
  readonly #studies = new Set<string>();
  readonly #rejected: RejectedFile[] = [];
  #rejectedTotal = 0;
  readonly #passedOver: string[] = [];
  #passedOverTotal = 0;
  /** How many were refused for each reason. */
  readonly #codes = new Map<string, number>();
  #recorded = false;
  #filesDone = 0;
  #accepted = 0;
  #known = 0;
  #documents = 0;

  constructor(listeners: TallyListeners) {
    this.#listeners = listeners;
  }

  /** @param from how many refused files are known already; only what came after them is listed */
  counts(from: number): Counts {
    const rejectedFrom = Math.min(from, this.#rejected.length);
    return {
      filesDone: this.#filesDone,
      accepted: this.#accepted,
      known: this.#known,
      documents: this.#documents,
      rejected: this.#rejected.slice(rejectedFrom),
      rejectedFrom,
      rejectedTotal: this.#rejectedTotal,
      passedOver: { count: this.#passedOverTotal, names: [...this.#passedOver] },
      studies: [...this.#studies],
    };
  }

  get filesDone(): number {
    return this.#filesDone;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** True while no file was taken, refused or passed over. */
  get isEmpty(): boolean {
    return this.#accepted + this.#known + this.#rejectedTotal + this.#passedOverTotal === 0;
  }

  /** A file is in the library; an archive counts as one when all that is in it is done. */
  took({ kind, studyInstanceUid }: Pick<KnownInstance, 'kind' | 'studyInstanceUid'>, isNew: boolean): void {
    if (isNew) this.#accepted += 1;
    else this.#known += 1;
    if (isNew && kind === 'document') this.#documents += 1;
    this.#studies.add(studyInstanceUid);
  }

  fileDone(): void {
    this.#filesDone += 1;
  }

  /** A file that was not taken: what is no DICOM is only counted, with the first names. */
  refuse(error: SystolaError, name: string): void {
    this.#filesDone += 1;
    if (error.code !== 'not-dicom') {
      this.reject(error, name);
      return;
    }
    this.#passedOverTotal += 1;
    if (this.#passedOver.length < mostPassedOverNamed) this.#passedOver.push(cutFileName(name, longestName));
    this.#listeners.onPassedOver?.(name);
  }

  /** Counts a refused file, and lists it while the list is short enough to be read. */
  reject(error: SystolaError, name: string): void {
    const { code } = error;
    const rejected = { file: cutFileName(name, longestName), code, reason: cut(error.message, longestName) };
    this.#rejectedTotal += 1;
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    if (this.#rejected.length < mostRejectedListed) this.#rejected.push(rejected);
    this.#listeners.onRejected?.(rejected);
  }

  /** What comes now is of one archive: whether anything of it was taken or refused, and a way to pass it over as one. */
  beginArchive(): { gaveSomething(): boolean; forgetPassedOver(): void } {
    const takenBefore = this.#accepted + this.#known;
    const rejectedBefore = this.#rejectedTotal;
    const passedOverBefore = this.#passedOverTotal;
    return {
      gaveSomething: () =>
        this.#accepted + this.#known !== takenBefore || this.#rejectedTotal !== rejectedBefore,
      forgetPassedOver: () => {
        this.#passedOver.splice(passedOverBefore);
        this.#passedOverTotal = passedOverBefore;
      },
    };
  }

  /** Once: one entry for all that an import refused: an entry for each would be a flush to disk for each. */
  recordRefusals(library: Library): void {
    if (this.#recorded || this.#rejectedTotal + this.#passedOverTotal === 0) return;
    this.#recorded = true;
    const first = this.#rejected
      .slice(0, auditedNames)
      .map(({ file, code }) => ({ file: basename(file), code }));
    const passedOver = this.#passedOver.map((file) => basename(file));
    try {
      library.record({
        event: auditEvents.import,
        action: 'C',
        outcome: auditOutcomes.minorFailure,
        user: library.user(),
        studyInstanceUid: null,
        patientId: null,
        detail: {
          refused: this.#rejectedTotal,
          codes: Object.fromEntries(this.#codes),
          first,
          passedOver: this.#passedOverTotal,
          firstPassedOver: passedOver,
        },
      });
    } catch (error) {
      // A full disk has been said already; what was taken in has entries of its own.
      if (!(error instanceof SystolaError)) throw error;
    }
  }
}
