import { studyStages } from '../../core/clip/stage.ts';
import {
  kindOf,
  layouts,
  layoutsFor,
  nextLayout,
  type Hangable,
  type Layout,
  type LayoutId,
  type Pane,
  type PaneClip,
  type StudyKind,
} from './layout.ts';
import {
  besidePane,
  emptied,
  filled,
  firstPanes,
  paneOf,
  placed,
  samePane,
  switched,
  withoutStudy,
} from './panes.ts';
import { isLoop, rankedToHang, startsWithTwo, type ClipsToHang } from './ranked-clips.ts';
import {
  clipOfCell,
  pageWith,
  stageGrid,
  stagePages,
  type Room,
  type StageGrid,
  type StagePage,
} from './stage-grid.ts';

/** The open study as it is hung. */
export interface HungStudy extends ClipsToHang {
  readonly uid: string;
  /** Clips that the numbers of any of its stages rest on. */
  readonly used: readonly string[];
}

interface Hung {
  readonly layout: LayoutId;
  readonly panes: readonly Pane[];
}

/** Which clips of a study hang where. Changes only by what the reader does, and while nobody has done anything yet. */
export class Hanging {
  #layout = $state<LayoutId>('one');
  #panes = $state.raw<readonly Pane[]>([]);
  #grid = $state.raw<StageGrid | null>(null);
  #page = $state(0);
  #room = $state.raw<Room>({ rows: 2, columns: 3 });
  /** An empty pane that the reader turned to: what is shown next goes there. */
  target = $state<number | null>(null);
  #study: HungStudy | null = null;
  /** Fixed layouts as they were left. */
  #left: Partial<Record<LayoutId, readonly Pane[]>> = {};
  /** Panes that the reader emptied: they stay so until he fills them. */
  #emptied: readonly number[] = [];
  /** Clips that the reader put into their cells of the grid. */
  #chosen: readonly string[] = [];
  /** What hung before a clip of another study was put beside. */
  #beforeGuest: Hung | null = null;

  get layout(): Layout {
    return layouts[this.#layout];
  }

  get panes(): readonly Pane[] {
    return this.#panes;
  }

  /** Stages and views of the study; null outside of that layout. */
  get grid(): StageGrid | null {
    return this.#layout === 'stages' ? this.#grid : null;
  }

  readonly pages: readonly StagePage[] = $derived(this.#grid ? stagePages(this.#grid, this.#room) : []);

  get page(): number {
    return Math.min(this.#page, Math.max(0, this.pages.length - 1));
  }

  /** Rows and columns of the grid that are on screen. */
  readonly shownPage: StagePage | null = $derived(
    this.#layout === 'stages' ? (this.pages[this.page] ?? null) : null,
  );

  /** What a study offers to be hung in. */
  offered(study: Pick<ClipsToHang, 'clips'>): readonly LayoutId[] {
    return layoutsFor(hangable(study));
  }

  kind(study: Pick<ClipsToHang, 'clips'>): StudyKind {
    return kindOf(hangable(study));
  }

  /** Hangs a study that nobody has touched. @param remembered what the reader last chose for studies of its kind */
  open(study: HungStudy, remembered: LayoutId | null): void {
    this.close();
    this.#study = study;
    const offered = this.offered(study);
    const usual = this.kind(study) === 'stress' ? 'stages' : startsWithTwo(study) ? 'two' : 'one';
    this.#layout = remembered !== null && offered.includes(remembered) ? remembered : usual;
    this.#grid = gridOf(study);
    if (this.#layout === 'stages') this.#hangPage(0);
    else {
      const ranked = clipsOf(study);
      const compared = this.#layout === 'four' ? this.#comparedWith(ranked[0] ?? null, study) : [];
      this.#panes = firstPanes(placesOf(this.#layout, study), [...compared, ...ranked]);
    }
  }

  close(): void {
    this.#study = null;
    this.#layout = 'one';
    this.#panes = [];
    this.#grid = null;
    this.#page = 0;
    this.target = null;
    this.#left = {};
    this.#emptied = [];
    this.#chosen = [];
    this.#beforeGuest = null;
  }

  /** Clips came while the reader was at work: they go where nothing hangs, and nothing that hangs moves. */
  takeArrivals(study: HungStudy): void {
    this.#study = study;
    this.#grid ??= gridOf(study);
    if (this.#layout === 'stages') return;
    const places = placesOf(this.#layout, study);
    const wider = [...this.#panes, ...new Array<Pane>(Math.max(0, places - this.#panes.length)).fill(null)];
    // Beside loops with their stills nothing is opened that would make them smaller.
    this.#panes = filled(
      this.layout.pictures === 'loop' ? wider : this.#panes,
      clipsOf(study),
      this.#emptied,
    );
  }

  /** Views were named by the reader: the grid has them in their columns from now on. */
  regrid(study: HungStudy): void {
    this.#study = study;
    this.#grid = gridOf(study);
    if (this.#layout === 'stages') this.#hangPage(this.page);
  }

  /** @returns index of the pane that keys act on then */
  choose(id: LayoutId, active: number, study: HungStudy): number {
    this.#study = study;
    const from = this.#layout;
    if (from === id) return active;
    if (from !== 'stages') this.#left[from] = this.#panes;
    const keyed = this.#panes[active] ?? null;
    this.#layout = id;
    this.#emptied = [];
    this.target = null;
    if (id === 'stages') {
      this.#grid = gridOf(study);
      const page = keyed ? pageWith(this.#grid, this.pages, this.#page, keyed.sopInstanceUid) : -1;
      this.#hangPage(page < 0 ? this.page : page);
      return Math.max(0, keyed ? paneOf(this.#panes, keyed.sopInstanceUid) : 0);
    }
    // Out of the grid, where all hangs that there is, comes the clip that keys act on, and what it is compared with.
    const staged = from === 'stages';
    const compared = this.#comparedWith(keyed, study);
    const next = switched(
      staged ? [keyed] : this.#panes,
      staged ? 0 : active,
      placesOf(id, study),
      this.#left[id] ?? null,
      [...compared, ...clipsOf(study)],
    );
    this.#panes = staged ? inOrderOf(compared, next.panes) : next.panes;
    return staged && keyed ? Math.max(0, paneOf(this.#panes, keyed.sopInstanceUid)) : next.active;
  }

  /** The same view in the other stages, the resting one first: what a clip under stress is judged against. */
  #comparedWith(clip: Pane, study: HungStudy): readonly PaneClip[] {
    const grid = this.#grid;
    if (!clip || !grid || grid.stages.length < 2) return [];
    const column = grid.views.findIndex((_, index) =>
      grid.cells.some((row) => row[index]?.includes(clip.sopInstanceUid)),
    );
    const rows = grid.stages
      .map((_, row) => row)
      .sort((a, b) => Number(b === grid.resting) - Number(a === grid.resting));
    return rows.flatMap((row) => {
      const uid = clipOfCell(grid.cells[row]?.[column] ?? [], this.#chosen, study.used);
      return uid === null ? [] : [{ studyInstanceUid: study.uid, sopInstanceUid: uid }];
    });
  }

  /** @returns the layout behind the present one */
  next(by: 1 | -1, study: Pick<ClipsToHang, 'clips'>): LayoutId {
    return nextLayout(this.offered(study), this.#layout, by);
  }

  /** How many rows and columns of the grid the window has room for; the page stays with its first clip. */
  setRoom(room: Room): void {
    if (room.rows === this.#room.rows && room.columns === this.#room.columns) return;
    const first = this.#panes.find((pane) => pane !== null);
    this.#room = room;
    if (this.#layout !== 'stages' || !this.#grid) return;
    const page = first ? pageWith(this.#grid, this.pages, this.page, first.sopInstanceUid) : this.page;
    this.#hangPage(Math.max(0, page));
  }

  turnTo(page: number): void {
    if (this.#layout === 'stages') this.#hangPage(page);
  }

  #hangPage(page: number): void {
    const [grid, study] = [this.#grid, this.#study];
    if (!grid || !study) return;
    this.#page = Math.min(Math.max(0, page), Math.max(0, this.pages.length - 1));
    const shown = this.pages[this.#page];
    this.#panes = (shown?.rows ?? []).flatMap((row) =>
      (shown?.columns ?? []).map((column): Pane => {
        const uid = clipOfCell(grid.cells[row]?.[column] ?? [], this.#chosen, study.used);
        return uid === null ? null : { studyInstanceUid: study.uid, sopInstanceUid: uid };
      }),
    );
  }

  /**
   * Shows a clip in a pane; in the grid, whose cells say what they hold, in its own cell. A clip that has no cell is
   * shown alone.
   */
  place(clip: PaneClip, index: number): void {
    this.target = null;
    this.#emptied = this.#emptied.filter((one) => one !== index);
    if (this.#layout !== 'stages') {
      if (index < this.#panes.length) this.#panes = placed(this.#panes, index, clip);
      else this.#panes = [...this.#panes, clip];
      return;
    }
    const grid = this.#grid;
    const page = grid ? pageWith(grid, this.pages, this.page, clip.sopInstanceUid) : -1;
    if (!grid || page < 0) {
      this.#layout = 'one';
      this.#panes = [clip];
      return;
    }
    const cell = grid.cells.flat().find((uids) => uids.includes(clip.sopInstanceUid)) ?? [];
    this.#chosen = [...this.#chosen.filter((uid) => !cell.includes(uid)), clip.sopInstanceUid];
    this.#hangPage(page);
  }

  /** Shows a clip beside the active one; where one alone hangs, in a second pane. */
  placeBeside(clip: PaneClip, active: number): void {
    if (this.#layout === 'one') {
      const keyed = this.#panes[active] ?? null;
      this.#left.one = this.#panes;
      this.#layout = 'two';
      this.#panes = keyed === null ? [clip] : [keyed, clip];
      this.target = null;
    } else if (this.#layout === 'phases' && this.#panes.length < 2) this.place(clip, this.#panes.length);
    else this.place(clip, this.target ?? besidePane(this.#panes, active));
  }

  /**
   * Shows a clip of another study beside the active one. In the grid of stages it would have no cell: the two stand
   * side by side then.
   */
  placeGuest(clip: PaneClip, active: number): void {
    this.#beforeGuest ??= { layout: this.#layout, panes: this.#panes };
    if (this.#layout === 'stages' || this.#layout === 'phases') {
      const keyed = this.#panes[active] ?? null;
      this.#layout = 'two';
      this.#panes = [keyed, clip];
    } else this.placeBeside(clip, active);
  }

  /** Takes another study's clips off; what hung before them is there again where the reader has not hung otherwise. */
  dismissGuest(studyInstanceUid: string): void {
    const before = this.#beforeGuest;
    this.#beforeGuest = null;
    if (!this.#panes.some((pane) => pane?.studyInstanceUid === studyInstanceUid)) return;
    const own = this.#panes.filter((pane) => pane !== null && pane.studyInstanceUid !== studyInstanceUid);
    const unchanged =
      before !== null &&
      own.every((pane) => before.panes.some((one) => one?.sopInstanceUid === pane?.sopInstanceUid));
    if (before !== null && unchanged) {
      this.#layout = before.layout;
      this.#panes = before.panes;
      return;
    }
    const left = withoutStudy(this.#panes, studyInstanceUid);
    this.#panes = this.#study ? filled(left, clipsOf(this.#study), this.#emptied) : left;
  }

  /** A clip can be taken off where another stays. */
  get removable(): boolean {
    return this.#layout !== 'stages' && this.#panes.filter((pane) => pane !== null).length > 1;
  }

  /** Takes a clip off; of two the other stays alone, of four its place stays empty. */
  takeOff(index: number): void {
    if (!this.removable) return;
    if (this.layout.pictures === 'loop') {
      this.#emptied = [...this.#emptied, index];
      this.#panes = emptied(this.#panes, index);
      return;
    }
    const rest = this.#panes.filter((_, at) => at !== index);
    if (this.#layout === 'two') {
      this.#left.two = this.#panes;
      this.#layout = 'one';
    }
    this.#panes = rest;
  }
}

/** Panes with some clips first, in their order. */
function inOrderOf(first: readonly PaneClip[], panes: readonly Pane[]): readonly Pane[] {
  const place = (pane: Pane): number => {
    const index = first.findIndex((clip) => samePane(clip, pane));
    return index < 0 ? first.length : index;
  };
  return [...panes].sort((a, b) => place(a) - place(b));
}

const hangable = (study: Pick<ClipsToHang, 'clips'>): Hangable => ({
  clips: study.clips.length,
  loops: study.clips.filter(isLoop).length,
  stages: studyStages(study.clips).length,
});

const clipsOf = (study: HungStudy): readonly PaneClip[] =>
  rankedToHang(study).map((sopInstanceUid) => ({ studyInstanceUid: study.uid, sopInstanceUid }));

/** No more places than there are clips to hang in them; four stay four, so that there is where to drop one. */
function placesOf(id: LayoutId, study: Pick<ClipsToHang, 'clips'>): number {
  const { clips, loops } = hangable(study);
  const places = layouts[id].panes ?? 0;
  if (id === 'phases') return Math.max(1, Math.min(places, loops));
  return id === 'four' ? places : Math.max(1, Math.min(places, clips));
}

const gridOf = (study: HungStudy): StageGrid => stageGrid(study.clips, (uid) => study.viewOf(uid));
