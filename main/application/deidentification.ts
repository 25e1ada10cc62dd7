import { readFile } from 'node:fs/promises';
import type { ClipFacts, PatientFacts } from '../../core/clip/clip.ts';
import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import { policyOf, type Policy } from '../../core/deidentify/policy.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import { SystolaError } from '../../core/error.ts';
import { correctionTo } from '../../core/patient/patient-correction.ts';
import { keyInFile, keyOfLibrary } from '../deidentify/key-file.ts';
import type { IdentifyingTexts } from '../deidentify/identifiers.ts';
import type { ProjectKey } from '../deidentify/project-key.ts';
import { pseudonymisedSnapshot, textsOf } from '../deidentify/pseudonymised-snapshot.ts';
import { ClipThread } from '../deidentify/thread/clip-thread.ts';
import { PicturesStay, type ExportSnapshot } from '../export/exporter.ts';
import type { StagedOutput } from '../files/staged-output.ts';
import type { Library } from '../library/library.ts';
import type { ClipMasks } from './clip-masks.ts';
import { installation } from './installation.ts';
import { stagedOutgoing } from './outgoing.ts';

export interface DeidentificationOptions {
  readonly library: Library;
  readonly masks: Pick<ClipMasks, 'checked'>;
  readonly preset: PresetName;
  /** What somebody wants of single attributes, by group × 65,536 + element. */
  readonly choices: Policy['choices'];
  readonly signal: AbortSignal;
  /** A clip of this name is being written. */
  onClip?(fileName: string): void;
}

/** What is the same for all clips of a study. */
interface StudyToLeave {
  /** What files and persons name people by; null where a file cannot be read. */
  readonly names: readonly IdentifyingTexts[] | null;
  /** The patient as corrected; null: as the files say. */
  readonly patient: PatientFacts | null;
}

/** A clip's file without its patient. */
interface WrittenClip {
  readonly path: string;
  readonly sha256: string;
}

/**
 * What an export takes the patient out with: the library's key, the preset, and the masks that people ticked. Clips are
 * written when they are first asked for, each once, and are gone when the export is over.
 */
export class Deidentification implements AsyncDisposable {
  readonly #options: DeidentificationOptions;
  readonly #key: ProjectKey;
  readonly #staged: StagedOutput;
  readonly #thread = new ClipThread();
  readonly #written = new Map<string, Promise<WrittenClip>>();

  get #policy(): Policy {
    return policyOf(this.#options.preset, this.#options.choices);
  }

  private constructor(options: DeidentificationOptions, key: ProjectKey, staged: StagedOutput) {
    this.#options = options;
    this.#key = key;
    this.#staged = staged;
  }

  /** @throws SystolaError of the library's key; `disk-full`, `unwritable` */
  static async of(options: DeidentificationOptions): Promise<Deidentification> {
    const { key } = await keyInFile(keyOfLibrary(options.library.path));
    return new Deidentification(options, key, await stagedOutgoing(options.library));
  }

  /** The study without its patient, and the files of those clips that somebody looked at. */
  async snapshot(snapshot: ExportSnapshot): Promise<ExportSnapshot> {
    const { masks } = this.#options;
    const { clips, facts } = snapshot.document;
    const { filedPatient } = this.#options.library.study(facts.studyInstanceUid);
    const corrected = correctionTo(filedPatient, facts.patient) === null ? null : facts.patient;
    const ticked = new Map<string, KeepMask>();
    for (const { sopInstanceUid } of clips) {
      const mask = await masks.checked(sopInstanceUid);
      if (mask !== null) ticked.set(sopInstanceUid, mask);
    }
    const inFiles = await this.#names(clips);
    // Who typed a name at the scanner may have known who the patient was when the files did not.
    const names = inFiles === null ? null : [textsOf(facts), ...inFiles];
    const task = { names, patient: corrected };
    const hashes = new Map<string, string>();
    const left = pseudonymisedSnapshot(snapshot, {
      key: this.#key,
      ...{ preset: this.#options.preset, policy: this.#policy, names },
      maskOf: (uid) => ticked.get(uid) ?? null,
      fileOf: (uid) => hashes.get(uid) ?? null,
    });
    const originals = new Map(
      left.document.clips.map(({ sopInstanceUid }, index) => [sopInstanceUid, clips[index]!.sopInstanceUid]),
    );
    return {
      ...left,
      clip: async (sopInstanceUid) => {
        const original = originals.get(sopInstanceUid);
        if (original === undefined)
          throw new SystolaError('not-found', 'There is no such clip.', sopInstanceUid);
        const mask = ticked.get(original);
        return mask === undefined ? null : readFile((await this.#clip(original, mask, task)).path);
      },
      original: async (sopInstanceUid) => {
        const uid = originals.get(sopInstanceUid);
        const mask = uid === undefined ? undefined : ticked.get(uid);
        if (uid === undefined || mask === undefined) throw new PicturesStay(sopInstanceUid);
        return this.#clip(uid, mask, task);
      },
      files: async () => {
        for (const [uid, mask] of ticked) hashes.set(uid, (await this.#clip(uid, mask, task)).sha256);
        return left.files();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#thread[Symbol.asyncDispose]();
    await this.#staged[Symbol.asyncDispose]();
  }

  /** What the files name people by; null where one of them cannot be read. */
  async #names(clips: readonly ClipFacts[]): Promise<IdentifyingTexts[] | null> {
    const names: IdentifyingTexts[] = [];
    for (const { sopInstanceUid, fileName, frames, rows, columns } of clips) {
      const { path, bytes } = this.#options.library.clip(sopInstanceUid);
      const size = { frames, pixels: rows * columns, bytes };
      const { signal } = this.#options;
      try {
        names.push(await this.#thread.run({ kind: 'names', path, fileName }, size, { signal }));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof SystolaError)) throw error;
        return null;
      }
    }
    return names;
  }

  #clip(uid: string, mask: KeepMask, study: StudyToLeave): Promise<WrittenClip> {
    const known = this.#written.get(uid);
    if (known !== undefined) return known;
    const written = this.#write(uid, mask, study);
    this.#written.set(uid, written);
    return written;
  }

  async #write(uid: string, mask: KeepMask, { names, patient }: StudyToLeave): Promise<WrittenClip> {
    const { library, preset, signal, onClip } = this.#options;
    const { facts, path, sha256, bytes } = library.clip(uid);
    const { fileName, frames, rows, columns } = facts;
    onClip?.(fileName);
    const target = this.#staged.path(`${this.#written.size}.dcm`);
    const task = {
      ...{ path, fileName, sha256, target, mask, preset, others: names },
      ...(patient === null ? {} : { patient }),
      ...{ key: this.#key.bytes, policy: this.#policy, checked: true },
      softwareVersion: installation.version,
    };
    const size = { frames, pixels: rows * columns, bytes };
    const clip = await this.#thread.run({ kind: 'write', ...task }, size, { signal });
    return { path: target, sha256: clip.sha256 };
  }
}
