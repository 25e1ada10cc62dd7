import type { StudyFacts } from '../../core/clip/clip.ts';
import type { RunState, StudyDocument } from '../../core/api/requests.ts';
import type { Revision } from '../../core/review/review.ts';
import { signaturesOf, type SignedVersion } from '../../core/review/signatures.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { OpenStudy } from '../library/open-studies.ts';
import type { RunQueue } from '../analysis/run-queue.ts';
import type { Library } from '../library/library.ts';
import type { ContourReadings } from './contour-readings.ts';
import type { FactsRenewal } from './facts-renewal.ts';

/** What opening a study takes. */
interface OpeningServices {
  readonly library: Library;
  readonly runs: RunQueue;
  /** Brings the study to today's reader. */
  readonly factsRenewal: FactsRenewal;
  /** Takes over what a report of Systola brought for a study that has nothing else. */
  readonly readings: ContourReadings;
  /** Told of every study that is opened. */
  onOpened(studyInstanceUid: string): void;
}

/** Studies as they are opened: brought up to today's reader, with contours that came with them, and recorded in the audit log. */
export class StudyDocuments {
  readonly #services: OpeningServices;
  /** Studies whose opening is in the audit log of this launch. */
  readonly #accessed = new Set<string>();

  constructor(services: OpeningServices) {
    this.#services = services;
  }

  /**
   * The study as today's reader knows it.
   *
   * @throws SystolaError `not-found`
   */
  async open(studyInstanceUid: string): Promise<StudyDocument> {
    const { library, runs, onOpened } = this.#services;
    await this.prepare(studyInstanceUid);
    library.revisions.boundFold(studyInstanceUid);
    const open = library.study(studyInstanceUid);
    this.recordAccess(open.facts);
    onOpened(studyInstanceUid);
    return documentOf(open, runs.states(studyInstanceUid));
  }

  /** Brings a study to what it is when it is opened, without anybody looking at it. @throws SystolaError `not-found` */
  async prepare(studyInstanceUid: string): Promise<void> {
    const { factsRenewal, readings } = this.#services;
    await factsRenewal.bringUpToDate(studyInstanceUid);
    await readings.useWhereUntouched(studyInstanceUid);
  }

  /**
   * Every signature of a study with what was signed.
   *
   * @throws SystolaError `not-found`
   */
  signatures(studyInstanceUid: string): SignedVersion[] {
    const open = this.#services.library.study(studyInstanceUid);
    this.recordAccess(open.facts);
    return signaturesOf(open.history).map((signature) => ({
      ...signature,
      signed: signedIn(open.revision(signature.revision)),
    }));
  }

  /**
   * One revision whole.
   *
   * @throws SystolaError `not-found`
   */
  revision(studyInstanceUid: string, id: number): Revision {
    const open = this.#services.library.study(studyInstanceUid);
    this.recordAccess(open.facts);
    return open.revision(id);
  }

  /**
   * Records that a study is shown, once a launch.
   *
   * @param detail how it is shown, where it is not opened
   */
  recordAccess(facts: StudyFacts, detail: Readonly<Record<string, unknown>> = {}): void {
    if (this.#accessed.has(facts.studyInstanceUid)) return;
    const { library } = this.#services;
    library.record({
      event: auditEvents.instancesAccessed,
      action: 'R',
      outcome: auditOutcomes.success,
      user: library.user(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId: facts.patient.patientId,
      detail,
    });
    // Only now: an opening that could not be recorded was refused, and so is the next one that cannot.
    this.#accessed.add(facts.studyInstanceUid);
  }
}

function signedIn({ changes }: Revision): SignedVersion['signed'] {
  const decision = changes.findLast((change) => change.slot === 'decision')?.after;
  return decision === undefined || decision.state === 'pending' ? null : (decision.signed ?? null);
}

/** What a window, a report or an export is given of an open study. */
export function documentOf(
  { facts, clips, documents, review, history, head }: OpenStudy,
  runs: readonly RunState[] = [],
): StudyDocument {
  return { facts, clips, documents, review, history, head, runs };
}
