import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import { type Policy, policyOf } from '../../core/deidentify/policy.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import type { DeidentifiedClip } from '../deidentify/clip-task.ts';
import { keyInFile, keyOfLibrary } from '../deidentify/key-file.ts';
import type { MappedClip } from '../deidentify/mapping.ts';
import { patientIdentity } from '../deidentify/patient-identity.ts';
import type { ProjectKey } from '../deidentify/project-key.ts';
import { pseudonymisedSnapshot } from '../deidentify/pseudonymised-snapshot.ts';
import type { ClipThread } from '../deidentify/thread/clip-thread.ts';
import type { ExportSnapshot } from '../export/exporter.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import { type ClipMasks, notChecked } from './clip-masks.ts';
import { installation } from './installation.ts';

export interface StudyDeidentifierOptions {
  readonly library: Library;
  readonly masks: Pick<ClipMasks, 'checked'>;
  readonly preset: PresetName;
  readonly choices?: Policy['choices'];
}

/**
 * A study of the library without its patient: its clips, whose pictures somebody has looked at, and the snapshot that all
 * else is exported from. By the library's own key, so that whatever leaves it at any time fits together.
 */
export class StudyDeidentifier {
  readonly #options: StudyDeidentifierOptions;
  readonly #document: StudyDocument;
  readonly #key: ProjectKey;
  readonly #policy: Policy;
  /** By SOP Instance UID in the library. */
  readonly #masks: ReadonlyMap<string, KeepMask>;
  readonly #written = new Map<string, DeidentifiedClip>();

  private constructor(
    options: StudyDeidentifierOptions,
    document: StudyDocument,
    key: ProjectKey,
    masks: ReadonlyMap<string, KeepMask>,
  ) {
    this.#options = options;
    this.#document = document;
    this.#key = key;
    this.#policy = policyOf(options.preset, options.choices);
    this.#masks = masks;
  }

  /**
   * @param clips to leave, all where none are named
   * @throws SystolaError `bad-request` for a clip whose pictures nobody has looked at
   */
  static async of(
    options: StudyDeidentifierOptions,
    document: StudyDocument,
    clips: readonly string[] = document.clips.map(({ sopInstanceUid }) => sopInstanceUid),
  ): Promise<StudyDeidentifier> {
    const { key } = await keyInFile(keyOfLibrary(options.library.path));
    const masks = new Map<string, KeepMask>();
    for (const uid of clips) {
      const mask = await options.masks.checked(uid);
      if (mask === null) {
        const fileName = document.clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.fileName;
        throw notChecked(fileName ?? uid);
      }
      masks.set(uid, mask);
    }
    return new StudyDeidentifier(options, document, key, masks);
  }

  /**
   * Writes the clips one after the other into a folder; none is held as a whole.
   *
   * @throws SystolaError of reading, cleaning and writing; the signal's reason. Nothing half written stays.
   */
  async *writeClips(
    folder: string,
    thread: ClipThread,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly name: string; readonly clip: DeidentifiedClip }> {
    const { library, preset } = this.#options;
    for (const [uid, mask] of this.#masks) {
      const { path, sha256, bytes, facts } = library.clip(uid);
      const partial = join(folder, `${randomUUID()}.part`);
      try {
        const clip = await thread.run(
          {
            ...{ kind: 'write', path, sha256, mask, preset, target: partial, checked: true },
            fileName: facts.fileName,
            key: this.#key.bytes,
            policy: this.#policy,
            softwareVersion: installation.version,
          },
          { frames: facts.frames, pixels: facts.rows * facts.columns, bytes },
          { signal },
        );
        const name = `${clip.sopInstanceUid}.dcm`;
        await rename(partial, join(folder, name));
        this.#written.set(uid, clip);
        yield { name, clip };
      } finally {
        await rm(partial, { force: true });
      }
    }
  }

  /** The study as every exporter may have it; hashes of files are those of the clips that were written before. */
  snapshot(snapshot: ExportSnapshot): ExportSnapshot {
    return pseudonymisedSnapshot(snapshot, {
      key: this.#key,
      policy: this.#policy,
      maskOf: (uid) => this.#masks.get(uid) ?? null,
      fileOf: (uid) => this.#written.get(uid)?.sha256 ?? null,
    });
  }

  /** Who is who among the clips that were written. Asking for it is in the audit log. */
  mapping(): MappedClip[] {
    const { library } = this.#options;
    const { patient, studyInstanceUid } = this.#document.facts;
    library.record({
      event: auditEvents.export,
      action: 'R',
      outcome: auditOutcomes.success,
      user: library.user(),
      studyInstanceUid,
      patientId: patient.patientId,
      detail: { deidentificationMapping: [...this.#written.keys()] },
    });
    const shift = this.#key.shiftDays(patientIdentity(patient, studyInstanceUid));
    return this.#document.clips.flatMap((facts) => {
      const written = this.#written.get(facts.sopInstanceUid);
      if (written === undefined) return [];
      return [
        {
          patientId: patient.patientId,
          patientName: patient.name.alphabetic,
          pseudonym: written.patient,
          shiftDays: this.#policy.options.has('modifiedDates') ? shift : null,
          studyInstanceUid: facts.studyInstanceUid,
          newStudyInstanceUid: written.studyInstanceUid,
          seriesInstanceUid: facts.seriesInstanceUid,
          newSeriesInstanceUid: written.seriesInstanceUid,
          sopInstanceUid: facts.sopInstanceUid,
          newSopInstanceUid: written.sopInstanceUid,
        },
      ];
    });
  }
}
