import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { policyOf } from '../../core/deidentify/policy.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import type { KeepMask } from '../../core/deidentify/keep-mask.ts';
import { SystolaError } from '../../core/error.ts';
import { installation } from '../application/installation.ts';
import type { ClipTask, DeidentifiedClip } from '../deidentify/clip-task.ts';
import type { IdentifyingTexts } from '../deidentify/identifiers.ts';
import { keyInFile } from '../deidentify/key-file.ts';
import { type MappedClip, mappingCsv } from '../deidentify/mapping.ts';
import { type MaskOf, readMasks } from '../deidentify/mask-file.ts';
import { patientIdentity } from '../deidentify/patient-identity.ts';
import { ProjectKey } from '../deidentify/project-key.ts';
import { type ClipSize, ClipThread } from '../deidentify/thread/clip-thread.ts';
import { readInstanceGuarded } from '../dicom/guarded-reader.ts';
import type { Instance } from '../dicom/instance.ts';
import { encodePng } from '../dicom/png.ts';
import { fileError } from '../files/file-error.ts';
import { StagedOutput } from '../files/staged-output.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { refusedKind } from '../import/accepted-kinds.ts';
import { defaultImportLimits } from '../import/limits.ts';
import { listPaths } from '../import/list-paths.ts';
import { PathProcess } from '../import/paths/path-process.ts';
import { failureLine } from './command.ts';
import type { DeidentifyOptions } from './deidentify-options.ts';
import { exitCodes } from './exit-codes.ts';
import { refuseExisting } from './new-file.ts';
import { StatusLine } from './status-line.ts';
import { makeFolder } from '../files/make-folder.ts';

/** Only its owner may read who is who. */
const ownersOnly = 0o600;

/** One `systola deidentify`: every file read, cleaned and written, and all of them into place at the end. */
export class DeidentifySession {
  readonly #options: DeidentifyOptions;
  readonly #signal: AbortSignal;
  readonly #status = new StatusLine(process.stderr);
  readonly #refused: SystolaError[] = [];
  readonly #mapped: MappedClip[] = [];
  /** By their place in the output. */
  readonly #written = new Map<string, { readonly file: string; readonly sha256: string }>();

  constructor(options: DeidentifyOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  /**
   * Returns the exit code.
   *
   * @throws SystolaError of the key, the masks or the output; the signal's reason. Nothing was written then.
   */
  async run(): Promise<number> {
    const { keyFile, mapping, masks, out, pixelsChecked } = this.#options;
    if (mapping !== null) await refuseExisting(mapping);
    const maskOf: MaskOf = masks === null ? () => null : await readMasks(masks);
    const key = await this.#key(keyFile);
    const files = await this.#files();
    await using staged = await StagedOutput.in(out);
    await using thread = new ClipThread();
    const names = await this.#names(files, thread);
    for (const [index, file] of files.entries()) {
      this.#signal.throwIfAborted();
      await this.#take(file, `[${index + 1}/${files.length}]`, key, maskOf, names, thread, staged);
    }
    this.#signal.throwIfAborted();
    if (this.#written.size > 0) {
      await this.#saveMapping();
      await staged.publish({ replace: false });
    }
    const { size } = this.#written;
    this.#status.note(`${size} clip${size === 1 ? '' : 's'} written to ${out}`);
    if (!pixelsChecked && size > 0) {
      this.#status.note(
        'The files say that names may be in their pictures. Look at what stays of every clip (--previews), and write them again with --pixels-checked.',
      );
    }
    if (size === 0) return exitCodes.nothing;
    return this.#refused.length === 0 ? exitCodes.done : exitCodes.partly;
  }

  async #key(path: string | null): Promise<ProjectKey> {
    if (path === null) {
      this.#status.note('The key of this run is not kept: no later run gives the same pseudonyms and UIDs.');
      return ProjectKey.random();
    }
    const { key, isNew } = await keyInFile(path);
    if (isNew) this.#status.note(`${path}: a new key. Whoever has it can tell who is who.`);
    return key;
  }

  /** DICOM files under the paths; what else lies there is refused by name, a DICOMDIR passed over. */
  async #files(): Promise<string[]> {
    const reader = new PathProcess(defaultImportLimits.pathSilenceMs);
    const files: string[] = [];
    const passedOver: string[] = [];
    try {
      for await (const batch of listPaths(this.#options.paths, reader, this.#signal)) {
        for (const { path, kind, error } of batch) {
          if (error !== null) this.#refuse(error);
          else if (kind === 'dicom') files.push(path);
          else if (kind === 'zip') {
            this.#refuse(new SystolaError('unreadable', 'It is an archive. Unpack it first.', path));
          } else if (kind === 'empty') this.#refuse(refusedKind(kind, path));
          else if (kind !== 'dicomdir') passedOver.push(path);
        }
      }
    } finally {
      reader.close();
    }
    if (passedOver.length > 0) {
      this.#status.note(`No DICOM and passed over: ${passedOver.map((path) => basename(path)).join(', ')}`);
    }
    return files;
  }

  /** What the files of each study name people by, who may stand in words of the others. What cannot be read is refused later. */
  async #names(files: readonly string[], thread: ClipThread): Promise<Map<string, IdentifyingTexts[]>> {
    const found = new Map<string, IdentifyingTexts[]>();
    for (const path of files) {
      const { size: bytes } = await stat(path).catch(() => ({ size: 0 }));
      const size = { frames: 1, pixels: 0, bytes };
      try {
        const texts = await thread.run({ kind: 'names', path, fileName: path }, size, {
          signal: this.#signal,
        });
        const known = found.get(texts.studyInstanceUid);
        if (known === undefined) found.set(texts.studyInstanceUid, [texts]);
        else known.push(texts);
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!(error instanceof SystolaError)) throw error;
      }
    }
    return found;
  }

  async #take(
    path: string,
    place: string,
    key: ProjectKey,
    maskOf: MaskOf,
    names: ReadonlyMap<string, readonly IdentifyingTexts[]>,
    thread: ClipThread,
    staged: StagedOutput,
  ): Promise<void> {
    const fileName = basename(path);
    const partial = staged.path('part.dcm');
    try {
      const instance = await readInstanceGuarded(path, path);
      const size = await sizeOf(path, instance);
      const options = { signal: this.#signal };
      this.#status.update(`${place} ${fileName}: looking for the picture`);
      const mask =
        maskOf(instance.clip) ?? (await thread.run({ kind: 'suggest', path, fileName: path }, size, options));
      if (mask === null) {
        await this.#preview(path, instance.clip.sopInstanceUid, { areas: [] }, size, thread);
        throw noMask(path);
      }
      const others = names.get(studyUidOf(instance.study.studyInstanceUid)) ?? [];
      const task = this.#task(path, partial, key, mask, others);
      const clip = await thread.run({ kind: 'write', ...task }, size, {
        ...options,
        onFrame: (done, of) => this.#status.update(`${place} ${fileName}: frame ${done} of ${of}`),
      });
      await this.#preview(path, instance.clip.sopInstanceUid, mask, size, thread);
      if (await this.#place(path, clip, partial, staged)) this.#map(instance, clip, key);
      const black = clip.blackFrames.length;
      this.#status.note(
        `${place} ${fileName}: ${instance.clip.frames} frames, ${clip.removed} attributes taken out${black === 0 ? '' : `, ${black} frames black that cannot be decoded`}`,
      );
    } catch (error) {
      this.#signal.throwIfAborted();
      const named = fileError(error, path);
      if (!(named instanceof SystolaError)) throw error;
      // Every further file would meet the same disk.
      if (named.file === partial || named.code === 'disk-full') {
        throw new SystolaError(named.code, named.message, this.#options.out, { cause: named });
      }
      this.#refuse(named);
    } finally {
      await rm(partial, { force: true });
    }
  }

  #task(
    path: string,
    target: string,
    key: ProjectKey,
    mask: KeepMask,
    others: readonly IdentifyingTexts[],
  ): ClipTask {
    const { preset, choices, pixelsChecked } = this.#options;
    return {
      path,
      fileName: path,
      sha256: null,
      target,
      key: key.bytes,
      preset,
      policy: policyOf(preset, choices),
      mask,
      others,
      checked: pixelsChecked,
      softwareVersion: installation.version,
    };
  }

  /** Named as the clip is in the file, and so in a file of masks; who sees what goes may know who it is of anyway. */
  async #preview(
    path: string,
    sopInstanceUid: string,
    mask: KeepMask,
    size: ClipSize,
    thread: ClipThread,
  ): Promise<void> {
    const { previews } = this.#options;
    if (previews === null) return;
    const request = { kind: 'preview', path, fileName: path, mask } as const;
    const preview = await thread.run(request, size, { signal: this.#signal });
    for (const part of ['stays', 'goes'] as const) {
      await writeAtomically(join(previews, `${sopInstanceUid}-${part}.png`), encodePng(preview[part]));
    }
  }

  /**
   * False for the same clip once more.
   *
   * @throws SystolaError `duplicate-instance` where another file has become the same instance
   */
  async #place(
    path: string,
    clip: DeidentifiedClip,
    partial: string,
    staged: StagedOutput,
  ): Promise<boolean> {
    const names = [clip.patient, clip.studyInstanceUid, `${clip.sopInstanceUid}.dcm`];
    const there = this.#written.get(names.join('/'));
    if (there !== undefined) {
      if (there.sha256 === clip.sha256) return false;
      throw new SystolaError(
        'duplicate-instance',
        `It has the SOP Instance UID of ${there.file} and is another clip.`,
        path,
      );
    }
    const target = staged.path(...names);
    await makeFolder(dirname(target));
    await rename(partial, target);
    this.#written.set(names.join('/'), { file: path, sha256: clip.sha256 });
    return true;
  }

  #map({ clip, study }: Instance, written: DeidentifiedClip, key: ProjectKey): void {
    const { patient } = study;
    const moved = policyOf(this.#options.preset).options.has('modifiedDates');
    this.#mapped.push({
      patientId: patient.patientId,
      patientName: patient.name.alphabetic,
      pseudonym: written.patient,
      shiftDays: moved ? key.shiftDays(patientIdentity(patient, study.studyInstanceUid)) : null,
      studyInstanceUid: clip.studyInstanceUid,
      newStudyInstanceUid: written.studyInstanceUid,
      seriesInstanceUid: clip.seriesInstanceUid,
      newSeriesInstanceUid: written.seriesInstanceUid,
      sopInstanceUid: clip.sopInstanceUid,
      newSopInstanceUid: written.sopInstanceUid,
    });
  }

  async #saveMapping(): Promise<void> {
    const { mapping } = this.#options;
    if (mapping !== null) await writeAtomically(mapping, mappingCsv(this.#mapped), ownersOnly);
  }

  #refuse(error: SystolaError): void {
    this.#refused.push(error);
    this.#status.note(failureLine(error));
  }
}

async function sizeOf(path: string, { clip, pixels }: Instance): Promise<ClipSize> {
  const { size: bytes } = await stat(path);
  return { frames: clip.frames, pixels: pixels.rows * pixels.columns, bytes };
}

const noMask = (path: string): SystolaError =>
  new SystolaError(
    'bad-request',
    'No picture was found in it, so that nobody knows what may stay. Give its mask with --masks.',
    path,
  );
