import type { ClipFacts, ReadAgain, StudyFacts } from '../../core/clip/clip.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import { SystolaError } from '../../core/error.ts';
import { isReadAgainSeen } from '../../core/finding/read-again-findings.ts';
import { changedNumbers, changesTogether } from '../../core/assessment/changed-numbers.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { correctedStudy, correctionTo } from '../../core/patient/patient-correction.ts';
import { foldRevisions } from '../../core/review/history.ts';
import { initialReview } from '../../core/review/initial.ts';
import type { StoredFile } from '../dicom/stored-file.ts';
import type { AnyDocument } from '../dicom/read-object.ts';
import type { FileFacts } from '../library/file-facts.ts';
import type { Library } from '../library/library.ts';
import type { OpenStudy } from '../library/open-studies.ts';
import { readerVersion } from '../library/reader-versions.ts';
import { completedBy, patientIdentity } from '../library/study-store.ts';

export interface FactsRenewalOptions {
  readonly library: Library;
  /** Reads a file of the store where it can hold nothing up, once it is what was taken in. */
  readonly readStored: (file: StoredFile) => Promise<NonNullable<Reading['read']>>;
  readonly readReport: (file: StoredFile) => Promise<AnyDocument>;
  /** A defect: the study opens with what is stored. */
  onDefect(error: unknown): void;
}

type OutdatedDocument = ReturnType<FileFacts['outdatedDocuments']>[number];
type OutdatedFile = ReturnType<FileFacts['outdated']>[number];

/** What became of reading one file again. */
interface Reading {
  readonly stored: ClipFacts;
  /** True when the stored facts are today's already. */
  readonly current: boolean;
  readonly read: { readonly clip: ClipFacts; readonly study: StudyFacts } | null;
  readonly problem: string;
}

/** Numbers that are said to have changed; further ones are in none of the sentences that a person reads. */
const mostChanges = 200;

/**
 * Brings a study up to today's reader before it is shown: files whose facts are of an older version are read again, in
 * the reader's own thread. What people said about the study stays; numbers that change by it are said and audited. A
 * file that cannot be read again keeps its old facts, and the clip says so.
 */
export class FactsRenewal {
  readonly #options: FactsRenewalOptions;
  readonly #going = new Map<string, Promise<void>>();

  constructor(options: FactsRenewalOptions) {
    this.#options = options;
  }

  /** Resolves when the study can be shown; files that are as they should be cost one question to the database. */
  async bringUpToDate(studyInstanceUid: string): Promise<void> {
    let going = this.#going.get(studyInstanceUid);
    if (going === undefined) {
      going = this.#renew(studyInstanceUid)
        .catch((error: unknown) => {
          // An expected failure stands in the way of the study itself, which says so.
          if (!(error instanceof SystolaError)) this.#options.onDefect(error);
        })
        .finally(() => this.#going.delete(studyInstanceUid));
      this.#going.set(studyInstanceUid, going);
    }
    await going;
  }

  async #renew(studyInstanceUid: string): Promise<void> {
    const { library } = this.#options;
    const outdated = library.facts.outdated(studyInstanceUid);
    const documents = library.facts.outdatedDocuments(studyInstanceUid);
    if (outdated.length + documents.length === 0) return;
    const readings = await Promise.all(outdated.map((clip) => this.#read(clip)));
    const reports = await Promise.all(documents.map((document) => this.#readReport(document)));
    // Read after the files were, so that what was said meanwhile counts.
    const open = library.study(studyInstanceUid);
    const whole = outdated.length === open.clips.length;
    try {
      this.#store(
        open,
        readings,
        reports.filter((report) => report !== null),
        whole,
      );
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      const notReadAgain = `what was read could not be stored: ${clause(error)}`;
      library.facts.show(
        studyInstanceUid,
        outdated.filter(({ current }) => !current).map(({ facts }) => ({ ...facts, notReadAgain })),
      );
    }
  }

  async #read({ facts: stored, path, sha256, bytes, current }: OutdatedFile): Promise<Reading> {
    const { readStored } = this.#options;
    try {
      const read = await readStored({ path, fileName: stored.fileName, sha256, bytes });
      const problem = mismatch(stored, read);
      return { stored, current, read: problem === null ? read : null, problem: problem ?? '' };
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return { stored, current, read: null, problem: clause(error) };
    }
  }

  /** A document that cannot be read again keeps what is known of it, until it can. */
  async #readReport(stored: OutdatedDocument): Promise<AnyDocument | null> {
    const { facts, path, sha256, bytes } = stored;
    try {
      const read = await this.#options.readReport({ path, fileName: facts.fileName, sha256, bytes });
      if (read.document.sopInstanceUid !== facts.sopInstanceUid) return null;
      const { studyInstanceUid, fileName } = facts;
      return { ...read, document: { ...read.document, studyInstanceUid, fileName } };
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return null;
    }
  }

  #store(
    open: OpenStudy,
    readings: readonly Reading[],
    reports: readonly AnyDocument[],
    whole: boolean,
  ): void {
    const { library } = this.#options;
    const { studyInstanceUid } = open.facts;
    // What the files say is compared with what they said, whoever the patient was corrected to be.
    const filed: StudyFacts = { ...open.facts, patient: open.filedPatient };
    const study = whole ? studyOf(filed, readings, reports) : null;
    const accepted = readings.map((reading) => ofSamePatient(study ?? filed, reading));
    const clips = accepted.flatMap(({ stored, read }) => (read === null ? [] : [renewed(stored, read.clip)]));
    const keptClips = accepted
      .filter(
        ({ read, current, stored, problem }) => read === null && !current && stored.notReadAgain !== problem,
      )
      .map(({ stored, problem }) => ({ ...stored, notReadAgain: problem }));
    const documents = reports.map(({ document }) => document);
    if (study === null && clips.length + keptClips.length + documents.length === 0) return;

    const renewedStudy = study ?? filed;
    const correction = correctionTo(open.filedPatient, open.facts.patient);
    const changes = this.#changes(open, correctedStudy(renewedStudy, correction), clips).slice(
      0,
      mostChanges,
    );
    const readAgain = readAgainOf(open, changes);
    library.facts.renew(
      studyInstanceUid,
      {
        study: readAgain === undefined ? renewedStudy : { ...renewedStudy, readAgain },
        studyIsRenewed: study !== null,
        clips,
        keptClips,
        documents,
      },
      {
        readAgain: readerVersion,
        clips: clips.length,
        ...(documents.length === 0 ? {} : { documents: documents.length }),
        notRead: keptClips.map(({ sopInstanceUid, notReadAgain }) => ({
          sopInstanceUid,
          reason: notReadAgain,
        })),
        changes,
      },
    );
  }

  /** Numbers of the same contours under the same rules, once from the old facts and once from the new. */
  #changes(open: OpenStudy, study: StudyFacts, renewedClips: readonly ClipFacts[]): ReadAgain['changes'] {
    const settings = this.#options.library.settings();
    const byUid = new Map(renewedClips.map((clip) => [clip.sopInstanceUid, clip]));
    const clips = open.clips.map((clip) => byUid.get(clip.sopInstanceUid) ?? clip);
    const review = foldRevisions(initialReview(study, clips), open.revisions());
    return changedNumbers(
      measureStudy(open.facts, open.clips, open.review, settings),
      measureStudy(study, clips, review, settings),
      clips,
    );
  }
}

/** What a reader has to be told now: what was told before and nobody has seen is part of it. */
function readAgainOf({ facts, review }: OpenStudy, changes: ReadAgain['changes']): ReadAgain | undefined {
  const { readAgain } = facts;
  if (changes.length === 0) return readAgain;
  const unseen =
    readAgain === undefined || isReadAgainSeen(readAgain, review.decision) ? [] : readAgain.changes;
  return { at: new Date().toISOString(), changes: changesTogether(unseen, changes).slice(0, mostChanges) };
}

/** A message as part of another sentence. */
function clause(error: SystolaError): string {
  return error.message.replace(/\.$/, '');
}

/** Why a file cannot be the one that was imported; null when it can. */
function mismatch(stored: ClipFacts, { clip, study }: NonNullable<Reading['read']>): string | null {
  return clip.sopInstanceUid !== stored.sopInstanceUid ||
    study.studyInstanceUid !== studyUidOf(stored.studyInstanceUid)
    ? 'it holds another instance than the one that was imported'
    : null;
}

/** Today's facts of a clip, with what does not come from the file's attributes. */
function renewed(stored: ClipFacts, read: ClipFacts): ClipFacts {
  const { studyInstanceUid, fileName } = stored;
  // A run may have seen colour in the pixels that the attributes say nothing of.
  return { ...read, studyInstanceUid, fileName, colourOverlay: read.colourOverlay || stored.colourOverlay };
}

/**
 * The study's facts as its files give them, the first first; null when none could be read. Where one could not be, what
 * was known stays where the others say nothing.
 */
function studyOf(
  stored: StudyFacts,
  readings: readonly Reading[],
  reports: readonly AnyDocument[],
): StudyFacts | null {
  const ofClips = readings.flatMap(({ read }) => (read === null ? [] : [read.study]));
  const studies = [...ofClips, ...reports.flatMap(({ study }) => study ?? [])];
  const [first] = studies;
  if (first === undefined) return null;
  const all = ofClips.length === readings.length ? studies : [...studies, stored];
  const completed = all.filter((study) => samePatient(study, first)).reduce(completedBy);
  return { ...completed, studyInstanceUid: stored.studyInstanceUid };
}

/** Pictures of two patients never share a study: a file in which another one is now read keeps its old facts. */
function ofSamePatient(study: StudyFacts, reading: Reading): Reading {
  if (reading.read === null || samePatient(study, reading.read.study)) return reading;
  return {
    ...reading,
    read: null,
    problem: 'this version reads another patient in it than in the other files of the study',
  };
}

function samePatient(a: StudyFacts, b: StudyFacts): boolean {
  const left = patientIdentity(a);
  const right = patientIdentity(b);
  return left.identity === right.identity && left.issuer === right.issuer;
}
