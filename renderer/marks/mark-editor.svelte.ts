import type { ClipFacts } from '../../core/clip/clip.ts';
import type { Point } from '../../core/geometry/point.ts';
import { largestCoordinate } from '../../core/geometry/schema.ts';
import { type Caliper, type DistanceNaming, type Mark, marksOn, renamed } from '../../core/mark/mark.ts';
import { mostDistanceCharacters, mostNoteCharacters } from '../../core/mark/schema.ts';
import { caliperLength, caliperScale } from '../../core/review/caliper-length.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import type { Tool } from '../state/drawing.svelte.ts';
import { PointerWay } from '../viewing/pointer-way.ts';
import { screenDistance, type PicturePlacement } from '../viewing/placement.ts';
import { say } from '../words/language.svelte.ts';
import { idle, movedMark, shownMark, type MarkGesture, type MarkPart } from './mark-gesture.ts';
import { type MarkStep, refusedWords, stepText, whyNoCaliper } from './mark-words.ts';

/** What the editor needs to know of its picture. */
export interface MarkedPicture {
  readonly study: OpenStudy;
  readonly clip: ClipFacts;
  /** Frame on screen. */
  frame(): number | null;
  placement(): PicturePlacement;
  /** What is marked stands still. */
  hold(): void;
}

/** A mark, or a part of one, that keys act on. */
export interface SelectedMark {
  readonly id: string;
  readonly part: MarkPart;
}

/** A note whose words are being written: a new one where it has no id. */
export interface WrittenNote {
  readonly id: string | null;
  readonly frame: number;
  readonly at: Point;
  readonly text: string;
}

/** The shortest caliper that is dragged, pixels on screen; less is its first end clicked. */
const shortestDragPx = 6;
/** A pause between presses of arrow keys after which the nudge is recorded, ms. */
const nudgeRestMs = 700;
/** One arrow key moves a note by so many image pixels for every tenth of a millimetre of an end. */
const notePxPerMm = 10;

/** Turns pointer and keys on one picture into marks of its frame: calipers and notes. */
export class MarkEditor {
  readonly #picture: MarkedPicture;
  readonly #choice: { tool: Tool };
  gesture = $state.raw<MarkGesture>(idle);
  selected = $state.raw<SelectedMark | null>(null);
  writing = $state.raw<WrittenNote | null>(null);
  /** The caliper that is being given a name. */
  naming = $state.raw<string | null>(null);
  readonly #way = new PointerWay();
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(picture: MarkedPicture, choice: { tool: Tool }) {
    this.#picture = picture;
    this.#choice = choice;
  }

  get busy(): boolean {
    return this.gesture.state !== 'idle';
  }

  /** The frame that is being worked at; null where none is. */
  get frame(): number | null {
    const { gesture } = this;
    if (gesture.state === 'measuring' || gesture.state === 'placing') return gesture.frame;
    if (gesture.state !== 'idle') return gesture.origin.frame;
    return this.writing?.frame ?? (this.naming === null ? null : (this.#mark(this.naming)?.frame ?? null));
  }

  /** The marks of the frame on screen as they are shown: one that is moved where it has got to. */
  get shown(): readonly (readonly [id: string, mark: Mark])[] {
    const frame = this.#picture.frame();
    if (frame === null) return [];
    const moved = shownMark(this.gesture);
    const id = this.gesture.state === 'moving' || this.gesture.state === 'nudging' ? this.gesture.id : null;
    return marksOn(this.#review?.marks ?? {}, frame).map((placed) =>
      moved !== null && placed[0] === id ? ([placed[0], moved] as const) : placed,
    );
  }

  get #review(): ClipReview | undefined {
    return this.#picture.study.clipReview(this.#picture.clip.sopInstanceUid);
  }

  #mark(id: string): Mark | null {
    return this.#review?.marks[id] ?? null;
  }

  /**
   * The button goes down.
   *
   * @param on the mark under the pointer
   * @returns whether it is a matter of marks
   */
  down(at: Point, on: SelectedMark | null): boolean {
    this.endNudge();
    this.naming = null;
    this.#way.press(at);
    const { tool } = this.#choice;
    const isOurs = tool === 'caliper' || tool === 'note';
    if (isOurs) this.#picture.hold();
    const frame = this.#picture.frame();
    if (this.gesture.state === 'measuring') {
      this.gesture = { ...this.gesture, to: at, pressed: true };
      return true;
    }
    const held = on === null || !(isOurs || tool === 'adjust') ? null : this.#mark(on.id);
    if (on !== null && held !== null) {
      this.selected = on;
      this.#picture.hold();
      this.gesture = { state: 'moving', ...on, origin: held, by: [0, 0], pressedAt: at };
      return true;
    }
    this.selected = null;
    if (frame === null || !isOurs) return false;
    if (tool === 'note') this.gesture = { state: 'placing', frame, at };
    else if (!this.#refuses()) {
      this.gesture = { state: 'measuring', frame, from: at, to: at, pressed: true };
    }
    return true;
  }

  /**
   * @param slow what is dragged follows at a quarter of the pointer's speed
   * @returns whether the movement is a matter of marks
   */
  move(pointer: Point, slow = false): boolean {
    const { gesture } = this;
    const isDragged = gesture.state === 'moving' || (gesture.state === 'measuring' && gesture.pressed);
    const at = this.#way.follow(pointer, slow && isDragged, this.#picture.placement());
    if (gesture.state === 'measuring') this.gesture = { ...gesture, to: at };
    else if (gesture.state === 'placing') this.gesture = { ...gesture, at };
    else if (gesture.state === 'moving') {
      this.gesture = { ...gesture, by: [at[0] - gesture.pressedAt[0], at[1] - gesture.pressedAt[1]] };
    } else return false;
    return true;
  }

  /** The button is let go. @returns whether it was a matter of marks */
  up(pointer: Point, slow = false): boolean {
    this.move(pointer, slow);
    const click = this.#way.release();
    const { gesture } = this;
    const placement = this.#picture.placement();
    if (gesture.state === 'measuring') {
      if (screenDistance(placement, gesture.from, gesture.to) < shortestDragPx) {
        this.gesture = { ...gesture, pressed: false };
        return true;
      }
      this.gesture = idle;
      this.#measure({ kind: 'caliper', frame: gesture.frame, from: gesture.from, to: gesture.to });
      return true;
    }
    if (gesture.state === 'placing') {
      this.gesture = idle;
      this.#choice.tool = 'adjust';
      // Not before: the press itself gives the focus to the picture.
      this.writing = { id: null, frame: gesture.frame, at: gesture.at, text: '' };
      return true;
    }
    if (gesture.state !== 'moving') return false;
    this.gesture = idle;
    if (!click) this.#keepMoved(gesture);
    return true;
  }

  /** Escape. @returns false where there was nothing to cancel */
  cancel(): boolean {
    clearTimeout(this.#resting);
    const was = this.busy || [this.writing, this.naming, this.selected].some((one) => one !== null);
    this.gesture = idle;
    this.writing = null;
    this.naming = null;
    this.selected = null;
    return was;
  }

  /**
   * Enter: the tool works in the middle of the picture, a distance that is selected is given a name, and a note is written
   * anew.
   */
  enter(): boolean {
    const frame = this.#picture.frame();
    const { tool } = this.#choice;
    const { clip } = this.#picture;
    if (this.selected) {
      const { id } = this.selected;
      const mark = this.#mark(id);
      if (mark === null) return false;
      this.endNudge();
      if (mark.kind === 'caliper') this.naming = id;
      else this.writing = { id, frame: mark.frame, at: mark.at, text: mark.text };
      return true;
    }
    if (frame === null || (tool !== 'caliper' && tool !== 'note') || this.busy) return false;
    this.#picture.hold();
    const scale = this.#review ? caliperScale(clip, this.#review) : null;
    const box = (scale?.refusal === null ? scale.picture : null) ?? {
      minX: 0,
      minY: 0,
      maxX: clip.columns - 1,
      maxY: clip.rows - 1,
    };
    const [x, y] = [(box.minX + box.maxX) / 2, (box.minY + box.maxY) / 2];
    if (tool === 'note') {
      this.writing = { id: null, frame, at: [x, y], text: '' };
      this.#choice.tool = 'adjust';
    } else if (!this.#refuses()) {
      const half = (box.maxX - box.minX) / 10;
      this.#measure({ kind: 'caliper', frame, from: [x - half, y], to: [x + half, y] });
    }
    return true;
  }

  /** A double-click on a note writes it anew, on a distance names it. */
  rewrite(id: string): void {
    this.selected = { id, part: 'whole' };
    this.enter();
  }

  /** What was written is kept; nothing written drops a new note, and leaves an old one as it was. */
  write(text: string): void {
    const note = this.writing;
    this.writing = null;
    // The next Enter is meant for the study, not for the note.
    this.selected = null;
    const words = oneLine(text, mostNoteCharacters);
    if (!note || words === '' || words === note.text) return;
    const { id, frame, at } = note;
    this.#record(id, { kind: 'note', frame, at: within(at), text: words }, id === null ? 'put' : 'reworded');
  }

  /** What the distance is of that is being named; words of which nothing is left leave it as it was. */
  name(naming: DistanceNaming): void {
    const id = this.naming;
    this.naming = null;
    // The next Enter is meant for the study, not for the distance.
    this.selected = null;
    const caliper = id === null ? null : this.#mark(id);
    if (id === null || caliper?.kind !== 'caliper') return;
    const words = 'words' in naming ? oneLine(naming.words ?? '', mostDistanceCharacters) : undefined;
    if (words === '') return;
    const after = renamed(caliper, words === undefined ? naming : { words });
    if (after.name === caliper.name && after.words === caliper.words) return;
    this.#commit(id, after, after, 'reworded');
  }

  /** Takes a mark of the frame on screen for what keys act on. */
  choose(mark: SelectedMark): void {
    if (this.busy || !this.shown.some(([id]) => id === mark.id)) return;
    this.selected = mark;
  }

  deleteSelected(): boolean {
    const { selected } = this;
    if (!selected || this.busy) return false;
    const mark = this.#mark(selected.id);
    this.selected = null;
    if (mark === null) return false;
    this.#commit(selected.id, mark, null, 'deleted');
    return true;
  }

  /** The other end of the caliper that is selected, or the next mark of the frame. */
  select(step: 1 | -1): boolean {
    const parts = this.shown.flatMap(([id, { kind }]): SelectedMark[] =>
      kind === 'note'
        ? [{ id, part: 'whole' }]
        : [
            { id, part: 'from' },
            { id, part: 'to' },
          ],
    );
    if (this.selected === null || parts.length === 0) return false;
    const { id, part } = this.selected;
    const index = parts.findIndex((one) => one.id === id && one.part === part);
    this.selected = parts[(index + step + parts.length) % parts.length] ?? null;
    return true;
  }

  /** One arrow key: moves the selected end by millimetres, and by pixels where nothing scales them. */
  nudge(x: number, y: number, stepMm: number): boolean {
    const { selected } = this;
    const origin = selected && this.#mark(selected.id);
    const review = this.#review;
    if (!selected || !origin || !review) return false;
    clearTimeout(this.#resting);
    const { spacing } = caliperScale(this.#picture.clip, review);
    const { mmPerPixelX, mmPerPixelY } =
      origin.kind === 'note' || spacing === null
        ? { mmPerPixelX: 1 / notePxPerMm, mmPerPixelY: 1 / notePxPerMm }
        : spacing;
    const before = this.gesture.state === 'nudging' ? this.gesture.by : ([0, 0] as const);
    if (this.gesture.state !== 'idle' && this.gesture.state !== 'nudging') return true;
    const by: Point = [before[0] + (x * stepMm) / mmPerPixelX, before[1] + (y * stepMm) / mmPerPixelY];
    this.gesture = { state: 'nudging', ...selected, origin, by };
    return true;
  }

  /** The arrow key is let go: presses that follow soon belong to the same step of history. */
  restNudge(): void {
    if (this.gesture.state !== 'nudging') return;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.endNudge(), nudgeRestMs);
  }

  endNudge(): void {
    clearTimeout(this.#resting);
    const { gesture } = this;
    if (gesture.state !== 'nudging') return;
    this.gesture = idle;
    this.#keepMoved(gesture);
  }

  #refuses(): boolean {
    const review = this.#review;
    const why = review && whyNoCaliper(this.#picture.clip, review);
    if (!why) return false;
    report('information', why);
    this.#choice.tool = 'adjust';
    return true;
  }

  #keepMoved({ id, part, origin, by }: Extract<MarkGesture, { state: 'moving' | 'nudging' }>): void {
    const moved = movedMark(origin, part, by);
    if (moved.kind === 'caliper' && this.#isRefused(moved)) return;
    this.#record(id, moved, 'moved');
  }

  #measure(caliper: Caliper): void {
    this.#choice.tool = 'adjust';
    if (this.#isRefused(caliper)) return;
    this.#record(null, caliper, 'put');
  }

  #isRefused(caliper: Caliper): boolean {
    const review = this.#review;
    if (!review) return true;
    const { refusal } = caliperLength(this.#picture.clip, review, caliper);
    if (refusal !== null) report('information', refusedWords(refusal));
    return refusal !== null;
  }

  #record(id: string | null, mark: Mark, what: 'put' | 'moved' | 'reworded'): void {
    const placed: Mark =
      mark.kind === 'note'
        ? { ...mark, at: within(mark.at) }
        : { ...mark, from: within(mark.from), to: within(mark.to) };
    const key = id ?? newId();
    this.#commit(key, placed, placed, what);
    // What was measured just now is at hand for the arrow keys.
    if (id === null && placed.kind === 'caliper') this.selected = { id: key, part: 'to' };
  }

  /** One step of history. @param told the mark as the step names it */
  #commit(id: string, told: Mark, after: Mark | null, what: MarkStep): void {
    const { study, clip } = this.#picture;
    const { sopInstanceUid } = clip;
    const review = this.#review;
    if (!review) return;
    study.commit(say(stepText(what, clip, review, told)), ({ clips }) => [
      { slot: 'mark', sopInstanceUid, id, before: clips[sopInstanceUid]?.marks[id] ?? null, after },
    ]);
  }
}

/** Within what is stored of places; a note may stand beside the picture, and a pointer leaves the window. */
const within = ([x, y]: Point): Point => [limited(x), limited(y)];
const limited = (value: number): number => Math.min(largestCoordinate, Math.max(-largestCoordinate, value));

const newId = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 12);

/** What was typed as a mark holds it: one line, without what no eye sees. */
const oneLine = (text: string, mostCharacters: number): string =>
  text
    .toWellFormed()
    .replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, mostCharacters)
    .toWellFormed()
    .trim();
