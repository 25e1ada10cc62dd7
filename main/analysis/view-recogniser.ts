import type { ClipFacts, FramePixels } from '../../core/clip/clip.ts';
import { governingPicture } from '../../core/clip/pictures.ts';
import type { RecogniserIdentity, ViewRecognition } from '../../core/clip/view-recognition.ts';
import { SystolaError } from '../../core/error.ts';
import type { Box } from '../../core/geometry/point.ts';
import { inEnglish } from '../../core/language/english.ts';
import { message } from '../../core/language/message.ts';
import { wantsRecognition } from '../../core/measurement/wants-recognition.ts';
import type { ViewManifest } from '../../core/model/view-manifest.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { findSector } from '../../core/sector/find-sector.ts';
import { greyLevels } from '../../core/sector/grey.ts';
import { maskOutside } from '../../core/sector/mask-outside.ts';
import { shownFrames, viewPictures, type ViewPictures } from '../../core/sector/view-pictures.ts';
import { certaintyPercent, viewNamed } from '../../core/wording/view.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedRecogniser } from '../inference/loaded-recogniser.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';
import type { ReviewService } from '../review/review-service.ts';
import { litFrames } from './clip-pictures.ts';
import { decodable, sampleFrames } from './sample-frames.ts';

export interface ViewRecogniserOptions {
  readonly library: Library;
  readonly reviews: Pick<ReviewService, 'record'>;
  readonly decoder: Pick<FrameDecoder, 'frame'>;
  readonly inference: Pick<InferenceService, 'recognise'>;
  readonly recognisers: { load(): Promise<LoadedRecogniser | null> };
  /** Why views are not recognised, or that of a clip is not; once for each reason. */
  onProblem(problem: SystolaError): void;
}

/**
 * Tells the views of clips from their pictures and records the answers, each once. That it cannot leaves a view open and
 * stands in the way of nothing else.
 */
export class ViewRecogniser {
  readonly #options: ViewRecogniserOptions;
  readonly #toldProblems = new Set<string>();
  /** Graphs that took the inference process down or never answered: the next clip would wait as long for nothing. */
  readonly #givenUp = new Set<string>();

  constructor(options: ViewRecogniserOptions) {
    this.#options = options;
  }

  /**
   * Recognises the view of a clip where that is wanted: not where the reader has set it, and not again by the same
   * recogniser.
   *
   * @throws SystolaError `cancelled`; the signal's reason; a defect
   */
  async recognise(sopInstanceUid: string, signal: AbortSignal): Promise<void> {
    try {
      const recogniser = await this.#options.recognisers.load();
      if (recogniser !== null) await this.#recognise(recogniser, sopInstanceUid, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SystolaError) || error.code === 'inference-stopped') throw error;
      this.#tell(error);
    }
  }

  async #recognise(recogniser: LoadedRecogniser, sopInstanceUid: string, signal: AbortSignal): Promise<void> {
    const { library, reviews, decoder, inference } = this.#options;
    const clip = library.clip(sopInstanceUid);
    const { facts } = clip;
    const review = this.#reviewOf(facts);
    const by = identityOf(recogniser.manifest);
    if (review === undefined || !wantsRecognition(facts, review, by) || this.#givenUp.has(by.sha256)) return;
    const wasOpen = this.#isOpen(facts);
    const source = frameSource(clip);
    const picture = governingPicture(facts, review.picture)?.box ?? null;
    const pictures = await picturesOf(
      facts,
      review.picture,
      (frame) => decoder.frame(source, frame, signal),
      recogniser.manifest.input,
      signal,
    );
    const { fileName: clipName } = facts;
    const { probability } = await inference
      .recognise({ recogniser, pictures, clipName, signal })
      .catch((error: unknown) => {
        if (error instanceof SystolaError && error.code === 'inference-failed') this.#givenUp.add(by.sha256);
        throw error;
      });
    signal.throwIfAborted();
    // What the reader said or signed while it was looked at counts.
    const before = this.#reviewOf(facts);
    if (before === undefined || !wantsRecognition(facts, before, by)) return;
    if (wasOpen && !this.#isOpen(facts)) return;
    const after: ViewRecognition = {
      ...answerOf(probability, recogniser.manifest),
      ...by,
      ...(picture === null ? {} : { picture }),
    };
    const said =
      after.code === 'unknown'
        ? 'view left open'
        : inEnglish.say(
            message('view.recognised', {
              view: viewNamed(after.code),
              percent: certaintyPercent(after.certainty),
            }),
          );
    reviews.record(facts.studyInstanceUid, {
      kind: 'run',
      label: `${by.recogniser}: ${said}`,
      changes: [{ slot: 'recognition', sopInstanceUid, before: before.recognition, after }],
    });
  }

  #reviewOf({ studyInstanceUid, sopInstanceUid }: ClipFacts): ClipReview | undefined {
    return this.#options.library.study(studyInstanceUid).review.clips[sopInstanceUid];
  }

  /** Nobody has decided on the clip's study. */
  #isOpen({ studyInstanceUid }: ClipFacts): boolean {
    return this.#options.library.study(studyInstanceUid).review.decision.state === 'pending';
  }

  #tell(problem: SystolaError): void {
    const key = `${problem.file ?? ''}\n${problem.message}`;
    if (this.#toldProblems.has(key)) return;
    this.#toldProblems.add(key);
    this.#options.onProblem(problem);
  }
}

function identityOf({ name, version, graph }: ViewManifest): RecogniserIdentity {
  return { recogniser: name, version, sha256: graph.sha256 };
}

/** The most probable view, left open where it is less certain than the manifest wants. */
export function answerOf(
  probability: readonly number[],
  { classes, certainty: least }: Pick<ViewManifest, 'classes' | 'certainty'>,
): Pick<ViewRecognition, 'code' | 'certainty'> {
  const certainty = Math.min(1, Math.max(...probability));
  const code = classes[probability.indexOf(Math.max(...probability))] ?? 'unknown';
  return { code: certainty < least ? 'unknown' : code, certainty };
}

/**
 * What a recogniser is shown of a clip: the sector as it is found for contours, and whole pictures with all that stands
 * beside it.
 *
 * @param chosen box of the picture that the reader chose
 * @throws SystolaError `decode-failed` when none of the frames can be decoded
 */
export async function picturesOf(
  facts: ClipFacts,
  chosen: Box | null,
  frame: (frame: number) => Promise<FramePixels>,
  input: ViewManifest['input'],
  signal: AbortSignal,
): Promise<ViewPictures> {
  const picture = governingPicture(facts, chosen)?.box ?? null;
  const grey = async (index: number) => greyFrame(await frame(index));
  const inPicture = async (index: number) => maskOutside(await grey(index), picture);
  const samples = litFrames(await sampleFrames(facts.frames, inPicture, signal));
  const { box } = findSector(samples, facts, chosen);
  const shown: FramePixels[] = [];
  for (const index of shownFrames(facts.frames, input.frames)) {
    signal.throwIfAborted();
    const pixels = await decodable(grey(index));
    if (pixels !== null) shown.push(pixels);
  }
  if (shown.length === 0) {
    throw new SystolaError(
      'decode-failed',
      'The view was not recognised: none of the frames that it is told by can be decoded. Set it by hand.',
      facts.fileName,
    );
  }
  return viewPictures(litFrames(shown), box, input);
}

/** Colour tells nothing of a view or a sector, and would be turned to grey once for every question. */
function greyFrame(frame: FramePixels): FramePixels {
  return { rows: frame.rows, columns: frame.columns, channels: 1, data: greyLevels(frame) };
}
