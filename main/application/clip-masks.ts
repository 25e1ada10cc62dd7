import { join } from 'node:path';
import type { KeepMaskState, MaskOrigin } from '../../core/api/keep-masks.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import { clipPictures } from '../../core/clip/pictures.ts';
import { areaOfBox, type KeepMask } from '../../core/deidentify/keep-mask.ts';
import type { Scanner } from '../../core/deidentify/scanner-masks.ts';
import { suggestMask } from '../../core/deidentify/suggest-mask.ts';
import { decodable, sampleFrames } from '../analysis/sample-frames.ts';
import type { CleaningPreview } from '../deidentify/pixels/cleaned-pixels.ts';
import { MaskShelf } from '../deidentify/pixels/mask-shelf.ts';
import { Brightest, splitBrightest } from '../deidentify/pixels/preview.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import { readStoredInstance } from '../dicom/guarded-reader.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';

/** Pictures of clips that somebody is looking at, one after the other. */
const keptPictures = 4;
/** Frames that are decoded at a time. */
const atOnce = 4;

interface ClipMasksOptions {
  readonly library: Library;
  readonly decoder: Pick<FrameDecoder, 'frame'>;
}

/**
 * What of each clip's pictures stays when it leaves without its patient: found or remembered, shown over the brightest
 * that each pixel is in any frame, and ticked by a person, clip by clip.
 */
export class ClipMasks {
  readonly #library: Library;
  readonly #decoder: ClipMasksOptions['decoder'];
  readonly #shelf: MaskShelf;
  /** Least recently asked for first. */
  readonly #pictures = new Map<string, Promise<FramePixels>>();

  constructor({ library, decoder }: ClipMasksOptions) {
    this.#library = library;
    this.#decoder = decoder;
    this.#shelf = new MaskShelf(join(library.path, 'keep-masks'));
  }

  /** @throws SystolaError `not-found`, and what decoding throws */
  async state(sopInstanceUid: string, signal: AbortSignal): Promise<KeepMaskState> {
    const { rows, columns } = this.#library.clip(sopInstanceUid).facts;
    const checked = await this.#shelf.checked(sopInstanceUid);
    if (checked !== null) {
      const { mask, by, at } = checked;
      return { rows, columns, mask, from: 'checked', checked: { by, at } };
    }
    const [mask, from] = (await this.#first(sopInstanceUid, signal)) ?? [null, null];
    return { rows, columns, mask, from, checked: null };
  }

  /** The mask that somebody ticked; null where nobody has. */
  async checked(sopInstanceUid: string): Promise<KeepMask | null> {
    return (await this.#shelf.checked(sopInstanceUid))?.mask ?? null;
  }

  /**
   * Somebody has looked at what stays of all frames. The mask is remembered for other clips of the scanner.
   *
   * @throws SystolaError `not-found`, `disk-full`, `unreadable`
   */
  async check(sopInstanceUid: string, mask: KeepMask): Promise<KeepMaskState> {
    const scanner = await this.#scanner(sopInstanceUid);
    const checked = { by: this.#library.user(), at: new Date().toISOString() };
    await this.#shelf.check(sopInstanceUid, { mask, ...checked }, scanner);
    this.#record(sopInstanceUid, 'checked');
    const { rows, columns } = scanner;
    return { rows, columns, mask, from: 'checked', checked };
  }

  /** The tick is taken back. */
  async uncheck(sopInstanceUid: string, signal: AbortSignal): Promise<KeepMaskState> {
    this.#library.clip(sopInstanceUid);
    await this.#shelf.uncheck(sopInstanceUid);
    this.#record(sopInstanceUid, 'unchecked');
    return this.state(sopInstanceUid, signal);
  }

  /** The brightest that each pixel is in any frame. */
  async brightest(sopInstanceUid: string): Promise<FramePixels> {
    const known = this.#pictures.get(sopInstanceUid);
    this.#pictures.delete(sopInstanceUid);
    const picture = known ?? this.#lookAtAll(sopInstanceUid);
    this.#pictures.set(sopInstanceUid, picture);
    for (const [oldest] of this.#pictures) {
      if (this.#pictures.size <= keptPictures) break;
      this.#pictures.delete(oldest);
    }
    try {
      return await picture;
    } catch (error) {
      this.#pictures.delete(sopInstanceUid);
      throw error;
    }
  }

  /** What a mask keeps and what it takes away, each over all frames. */
  async preview(sopInstanceUid: string, mask: KeepMask): Promise<CleaningPreview> {
    return splitBrightest(await this.brightest(sopInstanceUid), mask);
  }

  async #first(sopInstanceUid: string, signal: AbortSignal): Promise<readonly [KeepMask, MaskOrigin] | null> {
    const remembered = await this.#shelf.remembered(await this.#scanner(sopInstanceUid));
    if (remembered !== null) return [remembered, 'remembered'];
    const clip = this.#library.clip(sopInstanceUid);
    const source = frameSource(clip);
    const frames = await sampleFrames(
      clip.facts.frames,
      (frame) => this.#decoder.frame(source, frame, signal),
      signal,
    );
    const found = suggestMask(frames, clip.facts);
    if (found !== null) return [found, 'found'];
    const boxes = clipPictures(clip.facts).map(({ box }) => areaOfBox(box));
    return boxes.length === 0 ? null : [{ areas: boxes }, 'regions'];
  }

  async #scanner(sopInstanceUid: string): Promise<Scanner> {
    const { facts, path, sha256, bytes } = this.#library.clip(sopInstanceUid);
    const { fileName, rows, columns, manufacturerModel: model } = facts;
    const { transducer } = await readStoredInstance({ path, fileName, sha256, bytes });
    return { model, transducer, rows, columns };
  }

  async #lookAtAll(sopInstanceUid: string): Promise<FramePixels> {
    const clip = this.#library.clip(sopInstanceUid);
    const source = frameSource(clip);
    const { frames, fileName } = clip.facts;
    const brightest = new Brightest();
    for (let first = 0; first < frames; first += atOnce) {
      const shown = await Promise.all(
        Array.from({ length: Math.min(atOnce, frames - first) }, (_, index) =>
          decodable(this.#decoder.frame(source, first + index)),
        ),
      );
      for (const one of shown) if (one !== null) brightest.add(one);
    }
    return brightest.picture(fileName);
  }

  #record(sopInstanceUid: string, keepMask: 'checked' | 'unchecked'): void {
    const { studyInstanceUid } = this.#library.clip(sopInstanceUid).facts;
    this.#library.record({
      event: auditEvents.patientRecord,
      action: 'U',
      outcome: auditOutcomes.success,
      user: this.#library.user(),
      studyInstanceUid,
      patientId: null,
      detail: { keepMask, sopInstanceUid },
    });
  }
}
