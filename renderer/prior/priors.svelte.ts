import type { PatientStudies, PatientStudy } from '../../core/api/patient-studies.ts';
import type { Finding } from '../../core/finding/finding.ts';
import { message } from '../../core/language/message.ts';
import type { PatientAnswer } from '../../core/patient/patient-answers.ts';
import { measuredStudy, signedStudy, type ComparableStudy } from '../../core/prior/comparable-study.ts';
import { priorClipOf, priorClips } from '../../core/prior/prior-clip.ts';
import { priorTime, sameModels, usualPrior, type PriorTime } from '../../core/prior/prior-choice.ts';
import { priorFindings } from '../../core/prior/prior-findings.ts';
import { priorRows, type PriorRow } from '../../core/prior/prior-rows.ts';
import { api, reasonOf, RequestError } from '../api/client.ts';
import { GuestStudy } from '../state/guest-study.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { dateText } from '../words/measurement-words.ts';
import { viewName } from '../words/view-words.ts';

const nobody: PatientStudies = { studies: [], doubts: [], parted: [], more: 0 };

/** The other studies of the open study's patient, and the one that it is held against. */
class Priors {
  #found = $state.raw<{ readonly of: string; readonly answer: PatientStudies } | null>(null);
  #chosen = $state.raw<string | null>(null);
  #asking: AbortController | null = null;

  /** Empty until the library has answered. */
  readonly patient: PatientStudies = $derived(
    this.#found !== null && this.#found.of === workspace.study?.uid ? this.#found.answer : nobody,
  );

  /** The study that today's is held against: the reader's choice, else the last before it. */
  readonly chosen: PatientStudy | null = $derived.by(() => {
    const { studies } = this.patient;
    const byReader = studies.find(({ studyInstanceUid }) => studyInstanceUid === this.#chosen);
    if (byReader) return byReader;
    const usual = usualPrior(
      studies.map(({ numbers }) => numbers),
      workspace.study?.facts.studyDate ?? null,
    );
    return studies.find(({ studyInstanceUid }) => studyInstanceUid === usual?.studyInstanceUid) ?? null;
  });

  readonly today: ComparableStudy | null = $derived.by(() => {
    const { study } = workspace;
    if (!study) return null;
    return signedStudy(study) ?? measuredStudy(study, study.measured, session.settings);
  });

  /** What changed since the chosen study. While a run goes on nothing of today's is settled, and nothing is compared. */
  readonly rows: readonly PriorRow[] = $derived.by(() => {
    const { today, chosen } = this;
    if (!today || !chosen) return [];
    const settled = workspace.study?.measuring ? { ...today, measurements: [], planes: [] } : today;
    return priorRows(settled, chosen.numbers);
  });

  /** Said of an earlier study alone: what came later is no change of today's. */
  readonly findings: readonly Finding[] = $derived.by(() => {
    const { chosen } = this;
    return chosen && this.timeOf(chosen) === 'earlier'
      ? priorFindings(this.rows, dateText(chosen.studyDate))
      : [];
  });

  readonly isOfOtherModel: boolean = $derived(
    this.today !== null &&
      this.chosen !== null &&
      workspace.study?.measuring === false &&
      this.today.measurements.length > 0 &&
      !sameModels(this.today, this.chosen.numbers),
  );

  /** Whether a clip of it hangs beside the open study's. */
  readonly isBeside: boolean = $derived(
    workspace.guests.some(({ uid }) => uid === this.chosen?.studyInstanceUid),
  );

  timeOf({ studyDate }: Pick<PatientStudy, 'studyDate'>): PriorTime {
    return priorTime(studyDate, workspace.study?.facts.studyDate ?? null);
  }

  /** Another study is open. */
  follow(studyInstanceUid: string | null): void {
    if (this.#found?.of === studyInstanceUid) return;
    this.#chosen = null;
    this.#found = null;
    this.#asking?.abort();
    if (studyInstanceUid !== null) void this.#ask(studyInstanceUid);
  }

  /** Studies came, were corrected, decided on or deleted. */
  reload(): void {
    const uid = workspace.study?.uid;
    if (uid !== undefined) void this.#ask(uid);
  }

  /** A study was changed: asked again where it is one of the patient's. */
  revised(studyInstanceUid: string): void {
    if (this.patient.studies.some((one) => one.studyInstanceUid === studyInstanceUid)) this.reload();
  }

  async #ask(of: string): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const answer = await api.patientStudies(of, asking.signal);
      if (this.#asking === asking) this.#found = { of, answer };
    } catch (error) {
      // That Systola has stopped is said once; a study that is gone is closed by whoever deleted it.
      const isTold =
        error instanceof RequestError && ['cancelled', 'unreachable', 'not-found'].includes(error.code);
      if (!isTold) report('warning', message('prior.not-read', { reason: reasonOf(error) }));
    }
  }

  choose(studyInstanceUid: string): void {
    const before = this.chosen?.studyInstanceUid;
    this.#chosen = studyInstanceUid;
    if (before === undefined || before === studyInstanceUid) return;
    if (workspace.guests.some(({ uid }) => uid === before)) {
      workspace.dismissGuest(before);
      void this.beside();
    }
  }

  /** Puts the prior's clip of the active clip's view and stage beside it; where that hangs already, takes it off. */
  async toggleBeside(): Promise<void> {
    const { chosen } = this;
    if (!chosen) {
      report('information', message('prior.none'));
      return;
    }
    const clip = this.#clipToShow();
    const hangs = workspace.hanging.panes.some((pane) => pane?.sopInstanceUid === clip);
    if (this.isBeside && (clip === null || hangs)) workspace.dismissGuest(chosen.studyInstanceUid);
    else await this.beside();
  }

  async beside(): Promise<void> {
    const { chosen } = this;
    const { study } = workspace;
    const clip = this.#clipToShow();
    if (!chosen || !study) return;
    if (clip === null) {
      const uid = workspace.activeClip?.sopInstanceUid ?? '';
      const view = study.measured.clips[uid]?.view.code ?? 'unknown';
      const date = dateText(chosen.studyDate);
      report(
        'information',
        view === 'unknown'
          ? message('prior.no-view')
          : message('prior.no-clip', { date, view: viewName(view) }),
      );
      return;
    }
    try {
      const document = await api.study(chosen.studyInstanceUid);
      if (workspace.study === study) workspace.hangGuest(new GuestStudy(document), clip);
    } catch (error) {
      report('warning', message('prior.not-read', { reason: reasonOf(error) }));
    }
  }

  /** The chosen study's clip of what the active clip shows. */
  #clipToShow(): string | null {
    const { study, activeClip } = workspace;
    if (!study || !activeClip || !this.chosen) return null;
    const today = priorClips(study.clips, study.review, study.measured.used).find(
      ({ sopInstanceUid }) => sopInstanceUid === activeClip.sopInstanceUid,
    );
    return today ? (priorClipOf(this.chosen.clips, today)?.sopInstanceUid ?? null) : null;
  }

  /** Records whether another study is of this patient; null takes back what was said. */
  async answer(other: string, answer: PatientAnswer | null): Promise<void> {
    const of = workspace.study?.uid;
    if (of === undefined) return;
    try {
      const found = await api.answerPatient(of, other, answer);
      this.#asking?.abort();
      this.#found = { of, answer: found };
      if (answer !== 'same') workspace.dismissGuest(other);
    } catch (error) {
      report('error', message('prior.not-answered', { reason: reasonOf(error) }));
    }
  }
}

export const priors = new Priors();
