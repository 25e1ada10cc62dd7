import type { PatientStudies, PatientStudy } from '../../core/api/patient-studies.ts';
import type { Finding } from '../../core/finding/finding.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { PatientAnswer } from '../../core/patient/patient-answers.ts';
import { measuredStudy, signedStudy, type ComparableStudy } from '../../core/prior/comparable-study.ts';
import { heldAgainst, wantedPrior, type WantedPrior } from '../../core/prior/held-against.ts';
import { priorClipOf, priorClips, type PriorClip } from '../../core/prior/prior-clip.ts';
import { priorTime, sameModels, type PriorTime } from '../../core/prior/prior-choice.ts';
import { priorFindings } from '../../core/prior/prior-findings.ts';
import { priorRows, type PriorRow } from '../../core/prior/prior-rows.ts';
import { api, reasonOf, RequestError } from '../api/client.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { GuestStudy } from '../state/guest-study.svelte.ts';
import { messages, report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { session } from '../state/session.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { dateText } from '../words/measurement-words.ts';
import { viewName } from '../words/view-words.ts';

const nobody: PatientStudies = { studies: [], doubts: [], parted: [], more: 0 };

/** The other studies of the open study's patient, and the one that it is held against. */
class Priors {
  #found = $state.raw<{ readonly of: string; readonly answer: PatientStudies } | null>(null);
  /** The study that the reader looks at beside one whose report is signed, or decided on. */
  #looked = $state.raw<string | null>(null);
  #asking: AbortController | null = null;
  /** The message that there is nothing to show beside. */
  #notice: number | null = null;
  /** The list of the patient's studies is asked for. */
  isChoosing = $state(false);

  /** Empty until the library has answered. */
  readonly patient: PatientStudies = $derived(
    this.#found !== null && this.#found.of === workspace.study?.uid ? this.#found.answer : nobody,
  );

  /** Whether the library has answered. */
  readonly isKnown: boolean = $derived(this.#found !== null && this.#found.of === workspace.study?.uid);

  /** The study that the report is to be compared with. */
  readonly wanted: WantedPrior = $derived(
    workspace.study ? wantedPrior(workspace.study.review) : { by: 'rule' },
  );

  /** The study that today's is held against: what the reader looks at, else what the report is compared with. */
  readonly chosen: PatientStudy | null = $derived.by(() => {
    const isDecided = workspace.study?.review.decision.state !== 'pending';
    const looked = this.patient.studies.find(({ studyInstanceUid }) => studyInstanceUid === this.#looked);
    return (isDecided ? looked : undefined) ?? this.#heldAgainst(this.wanted) ?? this.#usual;
  });

  /** The last study before it. */
  get #usual(): PatientStudy | null {
    return this.#heldAgainst({ by: 'rule' });
  }

  #heldAgainst(wanted: WantedPrior): PatientStudy | null {
    const { studies } = this.patient;
    const numbers = studies.map((one) => one.numbers);
    const held = heldAgainst(numbers, workspace.study?.facts.studyDate ?? null, wanted);
    return studies.find((one) => one.numbers === held?.study) ?? null;
  }

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
    if (!chosen || this.timeOf(chosen) !== 'earlier') return [];
    const ejection = workspace.study?.measured.measurements.find(({ name }) => name === 'EF');
    return priorFindings(this.rows, dateText(chosen.studyDate), ejection?.sources ?? []);
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
    this.#looked = null;
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

  /** Holds the study against another. The choice is the report's too, unless that is signed: then it is only looked at. */
  choose(studyInstanceUid: string): void {
    const { study } = workspace;
    const before = this.chosen?.studyInstanceUid;
    if (!study || before === studyInstanceUid) return;
    if (study.review.decision.state === 'pending') this.#record(study, studyInstanceUid);
    else {
      this.#looked = studyInstanceUid;
      const isSigned = study.review.decision.state === 'accepted';
      if (isSigned) report('information', message('prior.only-looked'));
    }
    if (before === undefined) return;
    if (workspace.guests.some(({ uid }) => uid === before)) {
      workspace.dismissGuest(before);
      void this.beside();
    }
  }

  #record(study: OpenStudy, studyInstanceUid: string): void {
    this.#looked = null;
    const isUsual = this.#usual?.studyInstanceUid === studyInstanceUid;
    const other = this.patient.studies.find((one) => one.studyInstanceUid === studyInstanceUid);
    const date = dateText(other?.studyDate ?? null);
    const after = isUsual ? null : studyInstanceUid;
    study.commit(isUsual ? say('edit.prior-usual') : say('edit.prior', { date }), ({ prior }) =>
      prior === after ? [] : [{ slot: 'prior', before: prior, after }],
    );
  }

  /** Puts the prior's clip of the active clip's view and stage beside it; where that hangs already, takes it off. */
  async toggleBeside(): Promise<void> {
    const { chosen } = this;
    if (!chosen) return this.#sayNone();
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
    if (clip === null) return this.#tell(this.#noClip(study, chosen));
    try {
      const document = await api.study(chosen.studyInstanceUid);
      if (workspace.study === study) workspace.hangGuest(new GuestStudy(document), clip);
    } catch (error) {
      report('warning', message('prior.not-read', { reason: reasonOf(error) }));
    }
  }

  /** Why nothing of the chosen study can stand beside the active clip. */
  #noClip(study: OpenStudy, { studyDate }: PatientStudy): Message {
    const { activeClip } = workspace;
    const today = this.#clipsOf(study).find(
      ({ sopInstanceUid }) => sopInstanceUid === activeClip?.sopInstanceUid,
    );
    if (!activeClip || !today) return message('prior.no-loop');
    const named = today.viewName === null ? null : activeClip.viewName;
    if (today.view === 'unknown' && named === null) return message('prior.no-view');
    return message('prior.no-clip', { date: dateText(studyDate), view: named ?? viewName(today.view) });
  }

  /** That there is no prior, and what the reader can do. */
  #sayNone(): void {
    const { studies, doubts } = this.patient;
    const ask = (): void => void (dialogs.open = 'identity');
    if (doubts.length > 0)
      this.#tell(message('prior.none.doubt'), {
        label: message('prior.ask', { count: doubts.length }),
        run: ask,
      });
    else if (studies.length > 0)
      this.#tell(message('prior.none.others'), {
        label: message('prior.none.choose'),
        run: () => (this.isChoosing = true),
      });
    else this.#tell(message('prior.none'), { label: message('prior.none.find'), run: ask });
  }

  #tell(text: Message, action: Parameters<typeof report>[2] = null): void {
    this.putAwayNotice();
    this.#notice = report('information', text, action);
  }

  /** What was said of this clip and prior holds for no other. */
  putAwayNotice(): void {
    if (this.#notice !== null) messages.dismiss(this.#notice);
    this.#notice = null;
  }

  #clipsOf = (study: OpenStudy): PriorClip[] => priorClips(study.clips, study.review, study.measured.used);

  /** The chosen study's clip of what the active clip shows. */
  #clipToShow(): string | null {
    const { study, activeClip } = workspace;
    if (!study || !activeClip || !this.chosen) return null;
    const all = this.#clipsOf(study);
    const today = all.find(({ sopInstanceUid }) => sopInstanceUid === activeClip.sopInstanceUid);
    return today ? (priorClipOf(this.chosen.clips, today, all)?.sopInstanceUid ?? null) : null;
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
