import { tick } from 'svelte';
import { isGoing } from '../../core/api/events.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { Beat } from '../../core/beat/beat.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { isMeasurable, type View, type ViewCode } from '../../core/clip/view.ts';
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
import { Hanging, type HungStudy } from '../hanging/hanging.svelte.ts';
import { layoutCalled, type LayoutId, type Pane, type StudyKind } from '../hanging/layout.ts';
import { paneOf } from '../hanging/panes.ts';
import { loadFrame } from '../imaging/frame-image.ts';
import { settledBeats } from './provisional.ts';
import { playback } from '../playback/playback.svelte.ts';
import { loadFontsFor } from '../styles/fonts-for-names.ts';
import { viewings } from '../viewing/viewings.svelte.ts';
import { SentTraces } from './live-traces.ts';
import { say } from '../words/language.svelte.ts';
import { viewName } from '../words/view-words.ts';
import { picturesWindow } from './pictures-window.svelte.ts';
import { report } from './messages.svelte.ts';
import { readerActions } from './reader-actions.ts';
import { session } from './session.svelte.ts';
import { isShown, setShown } from './hidden-structures.ts';
import type { ShownStudy } from './shown-study.ts';
import { OpenStudy } from './study.svelte.ts';

export type PictureKind = 'cine' | 'ed' | 'es';

/** One picture on screen: the moving one of a clip, or its ED or ES still. */
export interface PictureId {
  readonly sopInstanceUid: string;
  readonly kind: PictureKind;
}

/** What a pointer on a picture does: adjust contour and marks, draw a part over or anew, the ruler, or put down a mark. */
export type Tool = 'adjust' | 'redraw' | 'draw' | 'ruler' | 'caliper' | 'note';

/** Which study, clips, beat, picture and tool the user is at. */
class Workspace {
  study = $state.raw<OpenStudy | null>(null);
  /** Study that is being opened. */
  opening = $state<string | null>(null);
  /** Which clips hang where. */
  readonly hanging = new Hanging();
  /** Clips of the open study that are on screen, in the order of their panes. */
  readonly shown: readonly string[] = $derived(
    this.hanging.panes.flatMap((pane) =>
      pane !== null && pane.studyInstanceUid === this.study?.uid ? [pane.sopInstanceUid] : [],
    ),
  );
  /** Other studies whose clips hang beside those of the open one, to be looked at. */
  guests = $state.raw<readonly ShownStudy[]>([]);
  #active = $state.raw<PictureId | null>(null);
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

  /** The picture that keys act on. */
  get active(): PictureId | null {
    return this.#active;
  }

  set active(picture: PictureId | null) {
    // The focus that goes back to where it was turns away from no empty pane.
    if (picture?.sopInstanceUid !== this.#active?.sopInstanceUid) this.hanging.target = null;
    this.#active = picture;
  }

  readonly activeClip = $derived.by(() => {
    const uid = this.active?.sopInstanceUid ?? this.shown[0];
    return uid === undefined ? null : (this.study?.clip(uid) ?? null);
  });

  /** Clips whose curves and numbers are shown: of more than two on screen the one that keys act on. */
  readonly detailed: readonly string[] = $derived.by(() => {
    if (this.shown.length <= 2) return this.shown;
    return this.activeClip ? [this.activeClip.sopInstanceUid] : [];
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
    if (picturesWindow.isElsewhere) return picturesWindow.open(studyInstanceUid);
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
    const hung = this.#hung(study);
    this.hanging.open(hung, layoutCalled(session.settings.layout[layoutSetting(this.hanging.kind(hung))]));
    this.#turnTo(this.hanging.panes.find((pane) => pane !== null) ?? null);
  }

  #hung(study: OpenStudy): HungStudy {
    return {
      uid: study.uid,
      clips: study.clips,
      pair: study.measured.pair,
      used: study.stageNumbers.flatMap(({ used }) => used),
      viewOf: (uid) => study.measured.clips[uid]?.view.code ?? 'unknown',
    };
  }

  /** Keys act on the clip of a pane from now on. */
  #turnTo(pane: Pane): void {
    const clip = pane && this.studyOf(pane)?.clip(pane.sopInstanceUid);
    if (!pane || !clip) {
      this.active = null;
      return;
    }
    const stills = this.hanging.layout.pictures === 'stills' && clip.bMode && clip.frames > 1;
    this.active = { sopInstanceUid: pane.sopInstanceUid, kind: stills ? 'ed' : 'cine' };
    if (this.enlarged) this.enlarged = this.active;
  }

  /** The study that a clip on screen is of: the open one, or one that is only looked at. */
  studyOf(pane: Pick<NonNullable<Pane>, 'studyInstanceUid'>): ShownStudy | null {
    return [this.study, ...this.guests].find((study) => study?.uid === pane.studyInstanceUid) ?? null;
  }

  #studyWith(sopInstanceUid: string): ShownStudy | null {
    return [this.study, ...this.guests].find((study) => study?.clip(sopInstanceUid) !== undefined) ?? null;
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
    if (this.#untouched) this.#showFirst(study);
    else this.hanging.takeArrivals(this.#hung(study));
    await this.analyse(study, clips);
    await study.recogniseViews();
  }

  /** Clips of the study on screen that were deleted are on screen no more. */
  async takeRemovals(): Promise<void> {
    const { study } = this;
    if (!study) return;
    await study.reload().catch((error: unknown) => report('warning', reasonOf(error)));
    if (study !== this.study) return;
    const { hanging } = this;
    const isGone = (pane: Pane): boolean =>
      pane !== null && pane.studyInstanceUid === study.uid && !study.clip(pane.sopInstanceUid);
    if (!hanging.panes.some(isGone)) return;
    const others = hanging.panes.filter((pane) => pane !== null && !isGone(pane));
    if (others.length === 0) this.#showFirst(study);
    else if (hanging.layout.id === 'stages') hanging.regrid(this.#hung(study));
    else {
      // From the last: what is taken off moves those behind it.
      const lost = hanging.panes.flatMap((pane, index) => (isGone(pane) ? [index] : []));
      for (const index of lost.toReversed()) hanging.takeOff(index);
    }
    if (!this.#studyWith(this.active?.sopInstanceUid ?? ''))
      this.#turnTo(hanging.panes.find((pane) => pane !== null) ?? null);
    if (this.enlarged && !study.clip(this.enlarged.sopInstanceUid)) this.enlarged = null;
  }

  close(): void {
    playback.pause();
    this.study = null;
    this.hanging.close();
    this.guests = [];
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

  /** Nobody has pressed anything since the study was opened. */
  get #untouched(): boolean {
    return readerActions() === this.#actionsAtOpening;
  }

  /** The pane that a clip goes to: the one that the reader turned to, else that of the active picture. */
  get activePane(): number {
    const { target, panes } = this.hanging;
    return target ?? Math.max(0, paneOf(panes, this.#active?.sopInstanceUid ?? ''));
  }

  /** Shows a clip in the active pane, or beside it when asked to; in a pane of its own where one is named. */
  show(sopInstanceUid: string, beside = false, pane = this.activePane): void {
    const { study, hanging } = this;
    if (!study) return;
    const clip = { studyInstanceUid: study.uid, sopInstanceUid };
    const hangs = paneOf(hanging.panes, sopInstanceUid);
    if (hangs < 0 || (!beside && pane !== this.activePane)) {
      if (beside) hanging.placeBeside(clip, this.activePane);
      else hanging.place(clip, pane);
    }
    this.#turnTo(clip);
  }

  /** Takes the clip of a pane off the screen. */
  takeOff(pane: number): void {
    const { hanging } = this;
    const gone = hanging.panes[pane];
    hanging.takeOff(pane);
    if (gone?.sopInstanceUid !== this.#active?.sopInstanceUid) return;
    this.#turnTo(hanging.panes.find((one) => one !== null) ?? null);
  }

  /** Hangs the study's clips another way; remembered for studies of its kind. */
  chooseLayout(id: LayoutId): void {
    const { study, hanging } = this;
    if (!study) return;
    const hung = this.#hung(study);
    const active = hanging.choose(id, this.activePane, hung);
    this.enlarged = null;
    this.#turnTo(hanging.panes[active] ?? hanging.panes.find((pane) => pane !== null) ?? null);
    session.remember(layoutSetting(hanging.kind(hung)), id);
  }

  nextLayout(by: 1 | -1): void {
    if (this.study) this.chooseLayout(this.hanging.next(by, this.study));
  }

  /** Layouts that show something of their own of the open study. */
  readonly layoutsOffered: readonly LayoutId[] = $derived(this.study ? this.hanging.offered(this.study) : []);

  /** Stress, rest or a single clip: what is chosen for one is not for the others. */
  readonly studyKind: StudyKind = $derived(this.study ? this.hanging.kind(this.study) : 'single');

  /** Another page of stages and views. */
  turnToPage(page: number): void {
    const { hanging } = this;
    hanging.turnTo(page);
    const uid = this.#active?.sopInstanceUid;
    if (uid === undefined || paneOf(hanging.panes, uid) < 0)
      this.#turnTo(hanging.panes.find((pane) => pane !== null) ?? null);
  }

  /** Views became known: while nobody has touched anything, the study is hung by them as if it were opened now. */
  arrangeByViews(): void {
    if (this.study && this.#untouched) this.#showFirst(this.study);
  }

  /**
   * Hangs a clip of another study beside the active one, to be looked at: its contours are shown, nothing of it is
   * changed, and keys that change go on acting on the open study.
   */
  hangGuest(guest: ShownStudy, sopInstanceUid: string): void {
    if (!this.study || guest.uid === this.study.uid || !guest.clip(sopInstanceUid)) return;
    this.guests = [...this.guests.filter(({ uid }) => uid !== guest.uid), guest];
    const clip = { studyInstanceUid: guest.uid, sopInstanceUid };
    const hangs = this.hanging.panes.findIndex((pane) => pane?.studyInstanceUid === guest.uid);
    if (hangs >= 0) this.hanging.place(clip, hangs);
    else this.hanging.placeGuest(clip, this.activePane);
  }

  /** Takes the clips of another study off; what hung before them is there again. */
  dismissGuest(studyInstanceUid: string): void {
    this.hanging.dismissGuest(studyInstanceUid);
    this.guests = this.guests.filter(({ uid }) => uid !== studyInstanceUid);
    const uid = this.#active?.sopInstanceUid;
    if (uid === undefined || paneOf(this.hanging.panes, uid) < 0)
      this.#turnTo(this.hanging.panes.find((pane) => pane !== null) ?? null);
  }

  beats(sopInstanceUid: string): readonly Beat[] {
    const study = this.#studyWith(sopInstanceUid);
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
    if (this.hanging.grid) this.hanging.regrid(this.#hung(study));
    if (!wasMeasurable) void study.saved().then(() => this.analyse(study, [clip]));
  }

  /** Makes what was recognised of a clip, the active one unless another is named, the reader's word. */
  confirmView(uid = this.activeClip?.sopInstanceUid): void {
    if (uid === undefined) return;
    const { code, source } = this.#viewOf(uid);
    if (source === 'recognised') this.nameView(uid, code, say('edit.view.confirm', { view: viewName(code) }));
  }
}

/** What the reader last chose for studies like this one. */
const layoutSetting = (kind: StudyKind): string => `hanging.layout.${kind}`;

export const workspace = new Workspace();
