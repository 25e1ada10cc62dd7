import { tick } from 'svelte';
import { isGoing } from '../../core/api/events.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { Beat } from '../../core/beat/beat.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { isMeasurable, viewsByWorth, type View, type ViewCode } from '../../core/clip/view.ts';
import type { FrameReference } from '../../core/measurement/measurement.ts';
import { tracedStructures } from '../../core/review/traces.ts';
import {
  leftVentricularCavity,
  structures,
  type Structure,
  type StructureId,
} from '../../core/structure/structure.ts';
import { wantsRun } from '../../core/measurement/untraceable.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import { loadFrame } from '../imaging/frame-image.ts';
import { settledBeats } from './provisional.ts';
import { playback } from '../playback/playback.svelte.ts';
import { loadFontsFor } from '../styles/fonts-for-names.ts';
import { viewings } from '../viewing/viewings.svelte.ts';
import { SentTraces } from './live-traces.ts';
import { say } from '../words/language.svelte.ts';
import { viewName } from '../words/view-words.ts';
import { report } from './messages.svelte.ts';
import { readerActions } from './reader-actions.ts';
import { session } from './session.svelte.ts';
import { isShown, setShown } from './hidden-structures.ts';
import { OpenStudy } from './study.svelte.ts';

export type PictureKind = 'cine' | 'ed' | 'es';

/** One picture on screen: the moving one of a clip, or its ED or ES still. */
export interface PictureId {
  readonly sopInstanceUid: string;
  readonly kind: PictureKind;
}

/** What a pointer on a picture does: adjust the contour, draw a part of it over, draw one anew, or the ruler. */
export type Tool = 'adjust' | 'redraw' | 'draw' | 'ruler';

/** Which study, clips, beat, picture and tool the user is at. */
class Workspace {
  study = $state.raw<OpenStudy | null>(null);
  /** Study that is being opened. */
  opening = $state<string | null>(null);
  shown = $state.raw<readonly string[]>([]);
  active = $state.raw<PictureId | null>(null);
  /** One picture over the whole middle, for careful work. */
  enlarged = $state.raw<PictureId | null>(null);
  tool = $state<Tool>('adjust');
  /** What is contoured: the drawing tools and the keys act on it. */
  structure = $state<StructureId>(leftVentricularCavity);
  showContours = $state(true);
  showDisks = $state(false);
  /** Frames that a hovered or focused number was read from. */
  lit = $state.raw<readonly FrameReference[]>([]);
  /** The frame whose contour the pointer is on; lights the numbers read from it. */
  hoveredFrame = $state.raw<FrameReference | null>(null);
  #beat = $state.raw<Readonly<Record<string, number>>>({});
  /** What the reader had done when the study was opened. */
  #actionsAtOpening = 0;
  /** Something came into the library while the study was being read. */
  #arrivedMeanwhile = false;

  readonly activeClip = $derived.by(() => {
    const uid = this.active?.sopInstanceUid ?? this.shown[0];
    return uid === undefined ? null : (this.study?.clip(uid) ?? null);
  });

  /** What can be contoured in the active clip: what belongs to its view, and what has contours in it. */
  readonly structures: readonly Structure[] = $derived.by(() => {
    const clip = this.activeClip;
    const review = clip && this.study?.clipReview(clip.sopInstanceUid);
    if (!review) return [];
    const traced = tracedStructures(review);
    const view = this.#viewOf(clip.sopInstanceUid).code;
    return structures().filter(({ id, views }) => views.includes(view) || traced.includes(id));
  });

  /** Contours of runs that are going on, whichever study is open. */
  readonly sentTraces = new SentTraces();
  /** What was told of studies while one is being opened. */
  #toldMeanwhile: ((study: OpenStudy) => void)[] = [];

  /** Hands news to the study on screen, and to one that is being opened as soon as it is there. */
  tellStudy(tell: (study: OpenStudy) => void): void {
    if (this.study) tell(this.study);
    if (this.opening !== null) this.#toldMeanwhile.push(tell);
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
    this.opening = studyInstanceUid;
    this.#toldMeanwhile = [];
    this.#arrivedMeanwhile = false;
    try {
      const document = await api.study(studyInstanceUid);
      if (this.opening !== studyInstanceUid) return;
      this.close();
      // Pictures of the study that goes leave the playback before those of the one that comes are drawn.
      await tick();
      if (this.opening !== studyInstanceUid) return;
      const study = this.#caughtUp(document);
      this.study = study;
      this.#actionsAtOpening = readerActions();
      this.#showFirst(study);
      const { name } = document.facts.patient;
      loadFontsFor(`${name.alphabetic} ${name.ideographic} ${name.phonetic}`);
      // Decoding begins while the window is still being laid out.
      for (const uid of this.shown) void loadFrame(uid, 0).catch(() => undefined);
      playback.start();
      // Clips that are contoured are asked for their views before; the others when those are under way.
      void this.analyse(study).then(() => study.recogniseViews());
      if (this.#arrivedMeanwhile) void this.takeArrivals();
      session.remember('study.last', studyInstanceUid);
    } catch (error) {
      report('error', message('studies.not-opened', { reason: reasonOf(error) }));
    } finally {
      if (this.opening === studyInstanceUid) this.opening = null;
    }
  }

  #showFirst(study: OpenStudy): void {
    this.shown = firstShown(study);
    const first = this.shown[0];
    this.active = first === undefined ? null : { sopInstanceUid: first, kind: 'cine' };
  }

  /**
   * Clips that came since the study was opened are listed and measured. Nothing moves under the hand: only where the
   * reader has not touched anything yet is chosen anew what is shown first.
   */
  async takeArrivals(): Promise<void> {
    const { study } = this;
    this.#arrivedMeanwhile = this.opening !== null;
    const clips = await study?.takeArrivals();
    if (!study || !clips?.length || study !== this.study) return;
    if (readerActions() === this.#actionsAtOpening) this.#showFirst(study);
    await this.analyse(study, clips);
    await study.recogniseViews();
  }

  close(): void {
    playback.pause();
    this.study = null;
    this.shown = [];
    this.active = null;
    this.enlarged = null;
    this.tool = 'adjust';
    this.structure = leftVentricularCavity;
    this.lit = [];
    this.hoveredFrame = null;
    this.#beat = {};
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
      (a, b) => Number(this.shown.includes(b.sopInstanceUid)) - Number(this.shown.includes(a.sopInstanceUid)),
    );
    const wanted = onScreenFirst.filter((clip) => {
      const review = study.clipReview(clip.sopInstanceUid);
      return review && wantsRun(clip, review) && !isGoing(study.runs[clip.sopInstanceUid]);
    });
    await Promise.all(wanted.map((clip) => study.startRun(clip.sopInstanceUid)));
  }

  /** Shows a clip in the active column, or beside it when asked to. */
  show(sopInstanceUid: string, beside = false): void {
    if (!this.shown.includes(sopInstanceUid)) {
      const current = this.active?.sopInstanceUid;
      const place = Math.max(0, current === undefined ? 0 : this.shown.indexOf(current));
      if (beside && this.shown.length < 2) this.shown = [...this.shown, sopInstanceUid];
      else if (beside) this.shown = [this.shown[place === 0 ? 0 : 1] ?? sopInstanceUid, sopInstanceUid];
      else this.shown = this.shown.map((uid, index) => (index === place ? sopInstanceUid : uid));
      if (this.shown.length === 0) this.shown = [sopInstanceUid];
    }
    this.active = { sopInstanceUid, kind: 'cine' };
  }

  hide(sopInstanceUid: string): void {
    if (this.shown.length < 2) return;
    this.shown = this.shown.filter((uid) => uid !== sopInstanceUid);
    const first = this.shown[0];
    if (first !== undefined) this.active = { sopInstanceUid: first, kind: 'cine' };
  }

  beats(sopInstanceUid: string): readonly Beat[] {
    const { study } = this;
    return settledBeats(study?.measured.clips[sopInstanceUid]?.beats ?? [], study?.runs[sopInstanceUid]);
  }

  beatIndex(sopInstanceUid: string): number {
    return Math.min(this.#beat[sopInstanceUid] ?? 0, Math.max(0, this.beats(sopInstanceUid).length - 1));
  }

  beat(sopInstanceUid: string): Beat | null {
    return this.beats(sopInstanceUid)[this.beatIndex(sopInstanceUid)] ?? null;
  }

  chooseBeat(sopInstanceUid: string, index: number): void {
    const count = this.beats(sopInstanceUid).length;
    if (count === 0) return;
    this.#beat = { ...this.#beat, [sopInstanceUid]: Math.min(count - 1, Math.max(0, index)) };
  }

  /** The frame that a picture shows. */
  frameOf({ sopInstanceUid, kind }: PictureId): number | null {
    if (kind === 'cine') return playback.frameOf(sopInstanceUid);
    const beat = this.beat(sopInstanceUid);
    return beat ? (kind === 'ed' ? beat.edFrame : beat.esFrame) : null;
  }

  /** Goes to the frame that a number or a flag was read from. */
  visit(reference: FrameReference): void {
    const clip = this.study?.clip(reference.sopInstanceUid);
    if (!clip) return;
    const beats = this.beats(reference.sopInstanceUid);
    const index = beats.findIndex(
      (beat) => beat.edFrame === reference.frame || beat.esFrame === reference.frame,
    );
    if (index >= 0) this.chooseBeat(reference.sopInstanceUid, index);
    this.show(reference.sopInstanceUid);
    playback.showFrame(reference.sopInstanceUid, clip.timing, reference.frame);
  }

  isShown(structure: StructureId): boolean {
    return isShown(structure);
  }

  /** Turns to a structure, which is then seen. */
  contour(structure: StructureId): void {
    this.structure = structure;
    setShown(structure, true);
  }

  /** Turns to the next of the structures that the clip can have. */
  contourNext(): void {
    const ids = this.structures.map(({ id }) => id);
    const next = ids[(ids.indexOf(this.structure) + 1) % ids.length];
    if (next !== undefined) this.contour(next);
  }

  toggleShown(structure: StructureId): void {
    setShown(structure, !isShown(structure));
  }

  isLit(reference: FrameReference): boolean {
    return this.lit.some(
      (other) => other.sopInstanceUid === reference.sopInstanceUid && other.frame === reference.frame,
    );
  }

  #viewOf(sopInstanceUid: string): View {
    return this.study?.measured.clips[sopInstanceUid]?.view ?? { code: 'unknown', source: 'none' };
  }

  /** The reader's word on the active clip's view. */
  setView(code: ViewCode): void {
    const uid = this.activeClip?.sopInstanceUid;
    if (uid !== undefined) this.nameView(uid, code);
  }

  /** The reader's word on a clip's view; where it makes a clip one that can be contoured, it is. */
  nameView(sopInstanceUid: string, code: ViewCode, label = say('edit.view', { view: viewName(code) })): void {
    const { study } = this;
    const clip = study?.clip(sopInstanceUid);
    const before = study?.clipReview(sopInstanceUid)?.view;
    if (!study || !clip || !before || (before.code === code && before.source === 'user')) return;
    const wasMeasurable = isMeasurable(this.#viewOf(sopInstanceUid));
    study.commit(label, (persisted) => [
      {
        slot: 'view',
        sopInstanceUid,
        before: persisted.clips[sopInstanceUid]?.view ?? before,
        after: { code, source: 'user' },
      },
    ]);
    if (!wasMeasurable) void study.saved().then(() => this.analyse(study, [clip]));
  }

  /** Makes what was recognised of a clip, the active one unless another is named, the reader's word. */
  confirmView(uid = this.activeClip?.sopInstanceUid): void {
    if (uid === undefined) return;
    const { code, source } = this.#viewOf(uid);
    if (source === 'recognised') this.nameView(uid, code, say('edit.view.confirm', { view: viewName(code) }));
  }
}

/** A4C and A2C side by side where both are there; else the first loops that can be measured. */
function firstShown(study: OpenStudy): string[] {
  const { pair } = study.measured;
  if (pair) return [pair.a4c, pair.a2c];
  const viewOf = (clip: ClipFacts) => study.measured.clips[clip.sopInstanceUid]?.view.code ?? 'unknown';
  const rank = (clip: ClipFacts) =>
    (clip.bMode ? 0 : 8) + (clip.frames > 1 ? 0 : 4) + viewsByWorth.indexOf(viewOf(clip)) / 8;
  const ranked = [...study.clips].sort((a, b) => rank(a) - rank(b));
  const first = ranked[0];
  if (!first) return [];
  const second = ranked.find((clip) => clip !== first && viewOf(first) === 'a4c' && viewOf(clip) === 'a2c');
  return second ? [first.sopInstanceUid, second.sopInstanceUid] : [first.sopInstanceUid];
}

export const workspace = new Workspace();
