import { tick } from 'svelte';
import { isGoing } from '../../core/api/events.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { message } from '../../core/language/message.ts';
import { wantsRun } from '../../core/measurement/untraceable.ts';
import { api, reasonOf } from '../api/client.ts';
import { loadFrame } from '../imaging/frame-image.ts';
import { playback } from '../playback/playback.svelte.ts';
import { loadFontsFor } from '../styles/fonts-for-names.ts';
import { viewings } from '../viewing/viewings.svelte.ts';
import { chosenBeats } from './chosen-beats.svelte.ts';
import { drawing } from './drawing.svelte.ts';
import { litFrames } from './lit-frames.svelte.ts';
import { SentTraces } from './live-traces.ts';
import { report } from './messages.svelte.ts';
import { picturesWindow } from './pictures-window.svelte.ts';
import { readerActions } from './reader-actions.ts';
import { session } from './session.svelte.ts';
import { OpenStudy } from './study.svelte.ts';
import { workspace } from './workspace.svelte.ts';

/** Brings a study onto the screen and keeps it there as the library has it, until it goes. */
class StudyOpening {
  /** Study that is being opened. */
  uid = $state<string | null>(null);
  /** What the reader had done when the study was opened. */
  #actionsAtOpening = 0;
  /** Something came into the library while the study was being read. */
  #arrivedMeanwhile = false;
  /** Contours of runs that are going on, whichever study is open. */
  readonly sentTraces = new SentTraces();
  /** What was told of studies while one is being opened. */
  #toldMeanwhile: ((study: OpenStudy) => void)[] = [];

  /** Hands news to the study on screen, and to one that is being opened as soon as it is there. */
  tellStudy(tell: (study: OpenStudy) => void): void {
    if (workspace.study) tell(workspace.study);
    if (this.uid !== null) this.#toldMeanwhile.push(tell);
  }

  /** A study as it was answered, with everything that was told since it was asked for. */
  #caughtUp(document: StudyDocument): OpenStudy {
    const study = new OpenStudy(document);
    for (const tell of this.#toldMeanwhile.splice(0)) tell(study);
    const uids = study.clips.map(({ sopInstanceUid }) => sopInstanceUid);
    for (const [uid, traces] of Object.entries(this.sentTraces.of(uids))) study.receiveTraces(uid, traces);
    return study;
  }

  async open(studyInstanceUid: string): Promise<void> {
    if (picturesWindow.isElsewhere) return picturesWindow.open(studyInstanceUid);
    this.uid = studyInstanceUid;
    this.#toldMeanwhile = [];
    this.#arrivedMeanwhile = false;
    try {
      const document = await api.study(studyInstanceUid);
      if (this.uid !== studyInstanceUid) return;
      this.close();
      // Pictures of the study that goes leave the playback before those of the one that comes are drawn.
      await tick();
      if (this.uid !== studyInstanceUid) return;
      const study = this.#caughtUp(document);
      workspace.study = study;
      this.#actionsAtOpening = readerActions();
      workspace.showFirst(study);
      const { name } = document.facts.patient;
      loadFontsFor(`${name.alphabetic} ${name.ideographic} ${name.phonetic}`);
      // Decoding begins while the window is still being laid out.
      for (const uid of workspace.shown) void loadFrame(uid, 0).catch(() => undefined);
      playback.start();
      // Clips that are contoured are asked for their views before; the others when those are under way.
      void this.analyse(study).then(() => study.recogniseViews());
      if (this.#arrivedMeanwhile) void this.takeArrivals();
      session.remember('study.last', studyInstanceUid);
    } catch (error) {
      report('error', message('studies.not-opened', { reason: reasonOf(error) }));
    } finally {
      if (this.uid === studyInstanceUid) this.uid = null;
    }
  }

  /**
   * Clips that came since the study was opened are listed and measured. Nothing moves under the hand: only where the
   * reader has not touched anything yet is chosen anew what is shown first.
   */
  async takeArrivals(): Promise<void> {
    const { study } = workspace;
    this.#arrivedMeanwhile = this.uid !== null;
    const clips = await study?.takeArrivals();
    if (!study || !clips?.length || study !== workspace.study) return;
    if (this.#untouched) workspace.showFirst(study);
    else workspace.hangArrivals();
    await this.analyse(study, clips);
    await study.recogniseViews();
  }

  /** Clips of the study on screen that were deleted are on screen no more. */
  async takeRemovals(): Promise<void> {
    const { study } = workspace;
    if (!study) return;
    await study.reload().catch((error: unknown) => report('warning', reasonOf(error)));
    if (study === workspace.study) workspace.takeOffRemoved();
  }

  /** Views became known: while nobody has touched anything, the study is hung by them as if it were opened now. */
  arrangeByViews(): void {
    if (workspace.study && this.#untouched) workspace.showFirst(workspace.study);
  }

  close(): void {
    playback.pause();
    workspace.clear();
    drawing.reset();
    litFrames.clear();
    chosenBeats.clear();
    viewings.clear();
  }

  /**
   * The model runs on opening, over every clip that can be contoured and has not been, those on screen first.
   *
   * @returns resolves when the runs are asked for
   */
  async analyse(study: OpenStudy, clips: readonly ClipFacts[] = study.clips): Promise<void> {
    if (!session.activeModel) return;
    const onScreenFirst = [...clips].sort(
      (a, b) =>
        Number(workspace.shown.includes(b.sopInstanceUid)) -
        Number(workspace.shown.includes(a.sopInstanceUid)),
    );
    const wanted = onScreenFirst.filter((clip) => {
      const review = study.clipReview(clip.sopInstanceUid);
      return review && wantsRun(clip, review) && !isGoing(study.runs[clip.sopInstanceUid]);
    });
    await Promise.all(wanted.map((clip) => study.startRun(clip.sopInstanceUid)));
  }

  /** Nobody has pressed anything since the study was opened. */
  get #untouched(): boolean {
    return readerActions() === this.#actionsAtOpening;
  }
}

export const studyOpening = new StudyOpening();
