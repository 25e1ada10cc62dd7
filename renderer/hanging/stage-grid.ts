import type { ClipFacts, ClipStage } from '../../core/clip/clip.ts';
import { foldedProtocolName, restingStage, sameStage, studyStages } from '../../core/clip/stage.ts';
import type { ViewCode } from '../../core/clip/view.ts';
import { isLoop } from './ranked-clips.ts';

/** What a column of the grid is: a view that Systola knows, one that only the file names, or one that nobody named. */
export type GridView =
  | { readonly kind: 'known'; readonly code: ViewCode }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'unnamed'; readonly number: number };

export interface StageGrid {
  readonly stages: readonly (ClipStage | null)[];
  /** Index of the resting stage, −1 where none is. */
  readonly resting: number;
  readonly views: readonly GridView[];
  /** SOP Instance UIDs by stage and view, in the order of the clips. */
  readonly cells: readonly (readonly (readonly string[])[])[];
}

const known: readonly ViewCode[] = ['a4c', 'a2c', 'a3c'];

/** Stages of a stress protocol as rows, views as columns: apical ones first, then those that files name, then others. */
export function stageGrid(
  clips: readonly ClipFacts[],
  viewOf: (sopInstanceUid: string) => ViewCode,
): StageGrid {
  const stages = studyStages(clips);
  const loops = new Map(clips.filter(isLoop).map((clip) => [clip.sopInstanceUid, clip]));
  const rows = stages.map(({ clips: uids }) => {
    let unnamed = 0;
    return uids.flatMap((uid) => {
      const clip = loops.get(uid);
      if (!clip) return [];
      const view = viewIn(clip, viewOf(uid), () => (unnamed += 1));
      return [{ uid, view, key: keyOf(view) }];
    });
  });
  const columns = new Map(rows.flat().map(({ key, view }) => [key, view]));
  const views = [...columns.values()].sort((a, b) => place(a) - place(b));
  const withClips = rows.map((row) => row.length > 0);
  return {
    stages: stages.flatMap(({ stage }, index) => (withClips[index] ? [stage] : [])),
    resting: restingRow(stages, withClips),
    views,
    cells: rows
      .filter((row) => row.length > 0)
      .map((row) => views.map((view) => row.filter(({ key }) => key === keyOf(view)).map(({ uid }) => uid))),
  };
}

function restingRow(stages: ReturnType<typeof studyStages>, withClips: readonly boolean[]): number {
  const resting = restingStage(stages);
  if (!resting) return -1;
  return stages
    .filter((_, index) => withClips[index])
    .findIndex(({ stage }) => sameStage(stage, resting.stage));
}

function viewIn(clip: ClipFacts, code: ViewCode, nextUnnamed: () => number): GridView {
  if (known.includes(code)) return { kind: 'known', code };
  const name = clip.viewName?.trim();
  if (name) return { kind: 'named', name };
  if (clip.viewNumber !== null) return { kind: 'unnamed', number: clip.viewNumber };
  return { kind: 'unnamed', number: nextUnnamed() };
}

function keyOf(view: GridView): string {
  if (view.kind === 'known') return view.code;
  return view.kind === 'named' ? `named ${foldedProtocolName(view.name)}` : `unnamed ${view.number}`;
}

function place(view: GridView): number {
  if (view.kind === 'known') return known.indexOf(view.code);
  return view.kind === 'named' ? 10 : 1000 + view.number;
}

/** How many rows and columns of pictures there is room for. */
export interface Room {
  readonly rows: number;
  readonly columns: number;
}

/** Least size of a pane that a wall can still be judged in, CSS pixels. */
const leastPane = { width: 236, height: 176 };
const most: Room = { rows: 4, columns: 3 };

export function roomIn(width: number, height: number): Room {
  const times = (size: number, least: number, limit: number): number =>
    Math.min(limit, Math.max(1, Math.floor(size / least)));
  return {
    rows: times(height, leastPane.height, most.rows),
    columns: times(width, leastPane.width, most.columns),
  };
}

/** Rows and columns of a grid that are on screen together. */
export interface StagePage {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/**
 * Pages of a grid. Where two rows have room and one stage is at rest, it stays on every page: what another stage did to
 * the walls is judged against it (Pellikka et al. 2020, J Am Soc Echocardiogr 33:1-41: side by side with rest).
 */
export function stagePages({ stages, resting, views }: StageGrid, room: Room): readonly StagePage[] {
  const all = stages.map((_, index) => index);
  const rowPages =
    all.length <= room.rows
      ? [all]
      : room.rows > 1 && resting >= 0
        ? chunks(
            all.filter((index) => index !== resting),
            room.rows - 1,
          ).map((others) => [resting, ...others])
        : chunks(all, room.rows);
  const columnPages = chunks(
    views.map((_, index) => index),
    room.columns,
  );
  return columnPages.flatMap((columns) => rowPages.map((rows) => ({ rows, columns })));
}

function chunks(list: readonly number[], size: number): number[][] {
  const pages: number[][] = [];
  for (let start = 0; start < list.length; start += size) pages.push(list.slice(start, start + size));
  return pages.length > 0 ? pages : [[]];
}

/** The page that shows a clip, the present one if it does; −1 where none does. */
export function pageWith(grid: StageGrid, pages: readonly StagePage[], present: number, uid: string): number {
  const shows = (page: StagePage | undefined): boolean =>
    page?.rows.some((row) => page.columns.some((column) => grid.cells[row]?.[column]?.includes(uid))) ??
    false;
  return shows(pages[present]) ? present : pages.findIndex(shows);
}

/**
 * The clip of a cell: the one the reader put there, else one that the stage's numbers rest on, else the last, which is
 * most often the one that was taken again because the first was not good enough.
 */
export function clipOfCell(
  cell: readonly string[],
  chosen: readonly string[],
  used: readonly string[],
): string | null {
  return (
    cell.find((uid) => chosen.includes(uid)) ??
    cell.find((uid) => used.includes(uid)) ??
    cell[cell.length - 1] ??
    null
  );
}
