import type { AppendResponse } from '../../core/api/requests.ts';
import type { ContourReading } from '../../core/document/contour-reading.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { readingChanges } from '../../core/document/reading-changes.ts';
import { readingPreview, type ReadingPreview } from '../../core/document/reading-preview.ts';
import { SystolaError } from '../../core/error.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { tracedStructures } from '../../core/review/traces.ts';
import type { StoredFile } from '../dicom/stored-file.ts';
import type { Library } from '../library/library.ts';
import type { OpenStudy } from '../library/open-studies.ts';
import type { ReviewService } from '../review/review-service.ts';

export interface ContourReadingsOptions {
  readonly library: Library;
  readonly reviews: ReviewService;
  /** Reads the contours of a stored document where that can hold nothing up. */
  readonly readContours: (file: StoredFile) => Promise<ContourReading | null>;
  /** Whether a run over a clip of the study has not ended. */
  isRunning(studyInstanceUid: string): boolean;
}

/** Contours that documents of a study brought along: taken over when a reader says so, as one step of history. */
export class ContourReadings {
  readonly #options: ContourReadingsOptions;
  #last: { readonly sha256: string; readonly reading: ContourReading | null } | null = null;

  constructor(options: ContourReadingsOptions) {
    this.#options = options;
  }

  /**
   * Takes over the contours of a document.
   *
   * @throws SystolaError `not-found`; `bad-request` where it has none for a clip of the study; `revision-conflict` while a
   *   run is going on; `file-altered`, `file-missing`
   */
  async use(studyInstanceUid: string, documentUid: string): Promise<AppendResponse> {
    const { library, reviews, isRunning } = this.#options;
    const { reading, fileName } = await this.#read(studyInstanceUid, documentUid);
    if (isRunning(studyInstanceUid)) {
      const message = 'A run over the study is going on. Take the contours over when it has ended.';
      throw new SystolaError('revision-conflict', message, fileName);
    }
    const { review, clips } = library.study(studyInstanceUid);
    const made = reading === null ? null : readingChanges(review, clips, documentUid, reading);
    if (made === null || made.changes.length === 0) {
      const message =
        'The report has no contour or distance that fits a clip of the study. Import its clips first.';
      throw new SystolaError('bad-request', message, fileName);
    }
    const how = reading?.kind === 'exact' || made.contours === 0 ? 'as written' : 'fitted';
    const left = made.leftOut === 0 ? '' : `, ${made.leftOut} left out`;
    const what = [
      ...(made.contours > 0 || made.distances === 0 ? [`${made.contours} contours`] : []),
      ...(made.distances > 0 ? [`${made.distances} distances`] : []),
    ].join(' and ');
    const label = `${what} of ${fileName.slice(-80)}, ${how}${left}`;
    return reviews.record(studyInstanceUid, { kind: 'edit', label, changes: made.changes });
  }

  /**
   * What the study as it is now would be with the contours of a document; null where it has none that fit.
   *
   * @throws SystolaError `not-found`, `file-altered`, `file-missing`
   */
  async preview(studyInstanceUid: string, documentUid: string): Promise<ReadingPreview | null> {
    const { library } = this.#options;
    const { reading } = await this.#read(studyInstanceUid, documentUid);
    if (reading === null) return null;
    return readingPreview(library.study(studyInstanceUid), documentUid, reading, library.settings());
  }

  /**
   * Takes over the exact contours of a Systola's report in a study that nobody, person or model, has ever contoured or
   * decided on, of whose clips no reader said anything, and whose clips are all there: nothing stands that could be lost. Everything else is only offered.
   */
  async useWhereUntouched(studyInstanceUid: string): Promise<void> {
    const { library, isRunning } = this.#options;
    if (library.condition !== 'sound') return;
    const open = library.study(studyInstanceUid);
    const [latest] = open.documents
      .filter(
        ({ contours }) => contours?.kind === 'exact' && contours.clips.every((clip) => isHere(open, clip)),
      )
      .toSorted(byLatest);
    if (latest === undefined || !isUntouched(open) || isRunning(studyInstanceUid)) return;
    try {
      await this.use(studyInstanceUid, latest.sopInstanceUid);
    } catch (error) {
      // It stays an offer, which says why when it is taken.
      if (!(error instanceof SystolaError)) throw error;
    }
  }

  /** A document's contours, of which those that were read last are kept: they are asked for again with every change. */
  async #read(
    studyInstanceUid: string,
    documentUid: string,
  ): Promise<{ readonly reading: ContourReading | null; readonly fileName: string }> {
    const { library, readContours } = this.#options;
    const { facts, path, sha256, bytes } = library.document(documentUid);
    if (facts.studyInstanceUid !== studyInstanceUid) {
      throw new SystolaError('not-found', 'The study has no such document.', documentUid);
    }
    const { fileName } = facts;
    if (this.#last?.sha256 === sha256) return { reading: this.#last.reading, fileName };
    const reading = await readContours({ path, fileName, sha256, bytes });
    this.#last = { sha256, reading };
    return { reading, fileName };
  }
}

const isHere = ({ clips }: OpenStudy, { sopInstanceUid }: { readonly sopInstanceUid: string }): boolean =>
  clips.some((clip) => clip.sopInstanceUid === sopInstanceUid);

const byLatest = (a: DocumentFacts, b: DocumentFacts): number =>
  (b.writtenAt ?? '').localeCompare(a.writtenAt ?? '');

/** Taken back counts as touched: what a reader has undone does not come again by itself. */
function isUntouched({ review, history }: OpenStudy): boolean {
  return (
    !Object.values(review.clips).some(isSaidByReader) &&
    review.decision.state === 'pending' &&
    history.every(
      ({ slots, clips }) =>
        !slots.some((slot) => slot === 'decision' || slot === 'readings') &&
        clips.every(({ traces, slots: own }) => traces.length === 0 && !own.includes('run')),
    )
  );
}

/** Whether a clip has contours, or what a reader said of it, all of which an exact reading takes the place of. */
const isSaidByReader = (clip: ClipReview): boolean =>
  tracedStructures(clip).length > 0 ||
  clip.view.source === 'user' ||
  [clip.ruler, clip.picture, clip.beats, clip.excludedBeats].some((one) => one !== null);
