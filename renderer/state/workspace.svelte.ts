import type { View } from '../../core/clip/view.ts';
import { Hanging, type HungStudy } from '../hanging/hanging.svelte.ts';
import { layoutCalled, type LayoutId, type Pane, type StudyKind } from '../hanging/layout.ts';
import { paneOf } from '../hanging/panes.ts';
import { session } from './session.svelte.ts';
import type { ShownStudy } from './shown-study.ts';
import type { OpenStudy } from './study.svelte.ts';

export type PictureKind = 'cine' | 'ed' | 'es';

/** One picture on screen: the moving one of a clip, or its ED or ES still. */
export interface PictureId {
  readonly sopInstanceUid: string;
  readonly kind: PictureKind;
}

/** Which study and clips are on screen, and at which picture the user is. */
class Workspace {
  study = $state.raw<OpenStudy | null>(null);
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

  #hung(study: OpenStudy): HungStudy {
    return {
      uid: study.uid,
      clips: study.clips,
      pair: study.measured.pair,
      used: study.stageNumbers.flatMap(({ used }) => used),
      viewOf: (uid) => study.measured.clips[uid]?.view.code ?? 'unknown',
    };
  }

  /** Hangs a study that nobody has touched, the way that the reader last chose for its kind. */
  showFirst(study: OpenStudy): void {
    const hung = this.#hung(study);
    this.hanging.open(hung, layoutCalled(session.settings.layout[layoutSetting(this.hanging.kind(hung))]));
    this.#turnToFirst();
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

  #turnToFirst(): void {
    this.#turnTo(this.hanging.panes.find((pane) => pane !== null) ?? null);
  }

  /** The study that a clip on screen is of: the open one, or one that is only looked at. */
  studyOf(pane: Pick<NonNullable<Pane>, 'studyInstanceUid'>): ShownStudy | null {
    return [this.study, ...this.guests].find((study) => study?.uid === pane.studyInstanceUid) ?? null;
  }

  /** The study that a clip on screen is of. */
  studyWith(sopInstanceUid: string): ShownStudy | null {
    return [this.study, ...this.guests].find((study) => study?.clip(sopInstanceUid) !== undefined) ?? null;
  }

  /** The view of a clip of the open study. */
  viewOf(sopInstanceUid: string): View {
    return this.study?.measured.clips[sopInstanceUid]?.view ?? { code: 'unknown', source: 'none' };
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
    this.#turnToFirst();
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
    if (uid === undefined || paneOf(hanging.panes, uid) < 0) this.#turnToFirst();
  }

  /** Hangs clips that came while the reader was at work. */
  hangArrivals(): void {
    if (this.study) this.hanging.takeArrivals(this.#hung(this.study));
  }

  /** Lays the grid out by the views as they are known now. */
  regrid(): void {
    if (this.study) this.hanging.regrid(this.#hung(this.study));
  }

  /** Clips that the open study does not have any more are on screen no more. */
  takeOffRemoved(): void {
    const { study, hanging } = this;
    if (!study) return;
    const isGone = (pane: Pane): boolean =>
      pane !== null && pane.studyInstanceUid === study.uid && !study.clip(pane.sopInstanceUid);
    if (!hanging.panes.some(isGone)) return;
    const others = hanging.panes.filter((pane) => pane !== null && !isGone(pane));
    if (others.length === 0) this.showFirst(study);
    else if (hanging.layout.id === 'stages') this.regrid();
    else {
      // From the last: what is taken off moves those behind it.
      const lost = hanging.panes.flatMap((pane, index) => (isGone(pane) ? [index] : []));
      for (const index of lost.toReversed()) hanging.takeOff(index);
    }
    if (!this.studyWith(this.active?.sopInstanceUid ?? '')) this.#turnToFirst();
    if (this.enlarged && !study.clip(this.enlarged.sopInstanceUid)) this.enlarged = null;
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
    if (uid === undefined || paneOf(this.hanging.panes, uid) < 0) this.#turnToFirst();
  }

  /** Nothing is on screen any more. */
  clear(): void {
    this.study = null;
    this.hanging.close();
    this.guests = [];
    this.active = null;
    this.enlarged = null;
  }
}

/** What the reader last chose for studies like this one. */
const layoutSetting = (kind: StudyKind): string => `hanging.layout.${kind}`;

export const workspace = new Workspace();
