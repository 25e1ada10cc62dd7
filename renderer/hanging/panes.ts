import type { Pane, PaneClip } from './layout.ts';

/*
 * What becomes of panes, as pure functions: a clip hangs in one pane at most, and nothing moves but what the reader
 * moved.
 */

export const samePane = (a: Pane, b: Pane): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.sopInstanceUid === b.sopInstanceUid &&
    a.studyInstanceUid === b.studyInstanceUid);

const holds = (panes: readonly Pane[], clip: Pane): boolean => panes.some((pane) => samePane(pane, clip));

/** Index of the pane that a clip hangs in, −1 where it hangs in none. */
export const paneOf = (panes: readonly Pane[], sopInstanceUid: string): number =>
  panes.findIndex((pane) => pane?.sopInstanceUid === sopInstanceUid);

/** Panes filled from the front with clips that do not hang yet, as many as there are. */
export function filled(
  panes: readonly Pane[],
  ranked: readonly PaneClip[],
  kept: readonly number[] = [],
): readonly Pane[] {
  const rest = ranked.filter(
    (clip, index) => !holds(panes, clip) && !ranked.slice(0, index).some((other) => samePane(other, clip)),
  );
  return panes.map((pane, index) => (pane === null && !kept.includes(index) ? (rest.shift() ?? null) : pane));
}

/** Panes that nobody has touched: the best clips, one for each. */
export function firstPanes(count: number, ranked: readonly PaneClip[]): readonly Pane[] {
  return filled(new Array<Pane>(count).fill(null), ranked);
}

export interface Switched {
  readonly panes: readonly Pane[];
  /** The pane that keys act on. */
  readonly active: number;
}

/**
 * Panes of another layout of `count` places. It is found as it was left, else what is on screen stays in its order and
 * the best of the others follow. The clip that keys act on is always among them, where it was if it can be.
 *
 * @param left panes as this layout was left; null where it has not been hung
 */
export function switched(
  present: readonly Pane[],
  active: number,
  count: number,
  left: readonly Pane[] | null,
  ranked: readonly PaneClip[],
): Switched {
  const keyed = present[active] ?? null;
  if (count === 1)
    return { panes: [keyed ?? present.find((pane) => pane !== null) ?? ranked[0] ?? null], active: 0 };
  const start = left ?? keptInOrder(present, active, count);
  const whole = new Array<Pane>(count).fill(null).map((_, index) => start[index] ?? null);
  const panes = left === null ? filled(whole, ranked) : whole;
  if (keyed === null)
    return {
      panes,
      active: Math.max(
        0,
        panes.findIndex((pane) => pane !== null),
      ),
    };
  const index = panes.findIndex((pane) => samePane(pane, keyed));
  if (index >= 0) return { panes, active: index };
  const place = panes.findIndex((pane) => pane === null);
  const to = place >= 0 ? place : Math.min(active, count - 1);
  return { panes: panes.map((pane, at) => (at === to ? keyed : pane)), active: to };
}

/** What is on screen, without gaps; where not all of it has room, the active one at the end rather than not at all. */
function keptInOrder(present: readonly Pane[], active: number, count: number): readonly Pane[] {
  const hung = present.filter((pane) => pane !== null);
  const keyed = present[active] ?? null;
  const kept = hung.slice(0, count);
  if (keyed !== null && !holds(kept, keyed)) return [...kept.slice(0, count - 1), keyed];
  return kept;
}

/** A clip put into a pane. One that hangs elsewhere changes places with what was there. */
export function placed(panes: readonly Pane[], index: number, clip: PaneClip): readonly Pane[] {
  const from = panes.findIndex((pane) => samePane(pane, clip));
  const there = panes[index] ?? null;
  return panes.map((pane, at) => (at === index ? clip : at === from ? there : pane));
}

/** The pane that "beside" means: the next empty one, else the one behind the active one. */
export function besidePane(panes: readonly Pane[], active: number): number {
  const empty = panes.findIndex((pane, index) => pane === null && index !== active);
  return empty >= 0 ? empty : (active + 1) % Math.max(1, panes.length);
}

export function emptied(panes: readonly Pane[], index: number): readonly Pane[] {
  return panes.map((pane, at) => (at === index ? null : pane));
}

/** Panes without the clips of a study that is not looked at any more. */
export function withoutStudy(panes: readonly Pane[], studyInstanceUid: string): readonly Pane[] {
  return panes.map((pane) => (pane?.studyInstanceUid === studyInstanceUid ? null : pane));
}
