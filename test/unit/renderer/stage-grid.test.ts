import { describe, expect, it } from 'vitest';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { ViewCode } from '../../../core/clip/view.ts';
import { clipGroups, listedClips } from '../../../renderer/hanging/clip-groups.ts';
import {
  clipOfCell,
  pageWith,
  roomIn,
  stageGrid,
  stagePages,
  type StageGrid,
} from '../../../renderer/hanging/stage-grid.ts';
import { clipFacts } from '../../fixtures/library/facts.ts';

const stages = ['Rest', 'Low', 'Peak', 'Recovery'];

/** A clip of a stage; its view is the file's, or nobody's. */
function clip(stage: number, uid: string, code: ViewCode | null, more: Partial<ClipFacts> = {}): ClipFacts {
  return clipFacts({
    sopInstanceUid: uid,
    stage: { name: stages[stage] ?? null, number: stage + 1 },
    view: code === null ? { code: 'unknown', source: 'none' } : { code, source: 'file' },
    ...more,
  });
}

const protocol = stages.flatMap((_, stage) =>
  (['a2c', 'a4c', 'a3c'] as const).map((code) => clip(stage, `${stage}-${code}`, code)),
);
const codes = (clips: readonly ClipFacts[]) => (uid: string) =>
  clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.view.code ?? 'unknown';
const gridOf = (clips: readonly ClipFacts[]): StageGrid => stageGrid(clips, codes(clips));

describe('stages and views', () => {
  it('stages are rows by number, apical views columns in their order', () => {
    const grid = gridOf(protocol.toReversed());
    expect(grid.stages.map((stage) => stage?.name)).toEqual(stages);
    expect(grid.resting).toBe(0);
    expect(grid.views).toEqual(['a4c', 'a2c', 'a3c'].map((code) => ({ kind: 'known', code })));
    expect(grid.cells[2]).toEqual([['2-a4c'], ['2-a2c'], ['2-a3c']]);
  });

  it('views that only files name follow, then clips that nobody named, by their numbers', () => {
    const clips = [
      clip(0, 'x', null),
      clip(0, 'sax', null, { viewName: 'SAX Mid' }),
      clip(0, 'y', null),
      clip(0, 'four', 'a4c'),
      clip(1, 'sax 2', null, { viewName: 'sax_MID' }),
      clip(1, 'z', null, { viewNumber: 2 }),
    ];
    const grid = gridOf(clips);
    expect(grid.views.map((view) => view.kind)).toEqual(['known', 'named', 'unnamed', 'unnamed']);
    expect(grid.cells).toEqual([
      [['four'], ['sax'], ['x'], ['y']],
      [[], ['sax 2'], [], ['z']],
    ]);
  });

  it('stills and Doppler have no cell, and a stage without loops no row', () => {
    const grid = gridOf([
      clip(0, 'loop', 'a4c'),
      clip(0, 'still', 'a4c', { frames: 1 }),
      clip(1, 'doppler', 'a4c', { bMode: false }),
      clip(2, 'peak', 'a4c'),
    ]);
    expect(grid.stages.map((stage) => stage?.name)).toEqual(['Rest', 'Peak']);
    expect(grid.cells).toEqual([[['loop']], [['peak']]]);
    expect(grid.resting).toBe(0);
  });

  it('rest stays on every page, as often as the room asks for pages', () => {
    const grid = gridOf(protocol);
    expect(stagePages(grid, { rows: 4, columns: 3 }).map(({ rows }) => rows)).toEqual([[0, 1, 2, 3]]);
    expect(stagePages(grid, { rows: 2, columns: 3 }).map(({ rows }) => rows)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(stagePages(grid, { rows: 1, columns: 2 })).toHaveLength(8);
    // Without a resting stage they simply follow each other.
    const none = { ...grid, resting: -1 };
    expect(stagePages(none, { rows: 3, columns: 3 }).map(({ rows }) => rows)).toEqual([[0, 1, 2], [3]]);
  });

  it('the page of a clip is the present one where that shows it', () => {
    const grid = gridOf(protocol);
    const pages = stagePages(grid, { rows: 2, columns: 3 });
    expect(pageWith(grid, pages, 2, '0-a4c')).toBe(2);
    expect(pageWith(grid, pages, 0, '2-a4c')).toBe(1);
    expect(pageWith(grid, pages, 0, 'elsewhere')).toBe(-1);
  });

  it('of several in a cell: the reader’s, else one that numbers rest on, else the last', () => {
    const cell = ['first', 'second', 'third'];
    expect(clipOfCell(cell, ['second'], ['first'])).toBe('second');
    expect(clipOfCell(cell, [], ['first'])).toBe('first');
    expect(clipOfCell(cell, [], [])).toBe('third');
    expect(clipOfCell([], ['first'], ['first'])).toBeNull();
  });

  it('there is room for panes that a wall can be judged in', () => {
    expect(roomIn(796, 440)).toEqual({ rows: 2, columns: 3 });
    expect(roomIn(1116, 640)).toEqual({ rows: 3, columns: 3 });
    expect(roomIn(2800, 1700)).toEqual({ rows: 4, columns: 3 });
    expect(roomIn(100, 90)).toEqual({ rows: 1, columns: 1 });
  });
});

describe('the list of clips', () => {
  const headings = (clips: readonly ClipFacts[]) =>
    clipGroups(clips).map(({ heading, clips: members }) => [
      heading === null
        ? null
        : heading.kind === 'stage'
          ? (heading.stage?.name ?? '-')
          : heading.kind === 'view'
            ? heading.code
            : heading.name,
      members.map(({ sopInstanceUid }) => sopInstanceUid).join(' '),
    ]);

  it('by stage, and in each by view; clips without a stage last', () => {
    const loose = clip(0, 'loose', 'a4c', { stage: null });
    expect(headings([loose, ...protocol.toReversed()])).toEqual([
      ...stages.map((name, index) => [name, `${index}-a4c ${index}-a2c ${index}-a3c`]),
      ['-', 'loose'],
    ]);
  });

  it('without stages by the views that files state, and short lists as they are', () => {
    const at = (uid: string, code: ViewCode | null, more: Partial<ClipFacts> = {}) =>
      clip(0, uid, code, { stage: null, ...more });
    expect(headings([at('1', 'a2c'), at('2', 'a4c'), at('3', 'a2c')])).toEqual([[null, '1 2 3']]);
    expect(headings([at('1', null), at('2', null), at('3', null), at('4', null)])).toEqual([
      [null, '1 2 3 4'],
    ]);
    expect(
      headings([
        at('1', 'a2c'),
        at('2', null),
        at('3', 'a4c'),
        at('4', 'a2c'),
        at('5', null, { viewName: 'PLAX' }),
      ]),
    ).toEqual([
      ['a4c', '3'],
      ['a2c', '1 4'],
      ['PLAX', '5'],
      ['unknown', '2'],
    ]);
  });

  it('no clip is lost and none is listed twice', () => {
    const listed = listedClips(protocol).map(({ sopInstanceUid }) => sopInstanceUid);
    expect(listed.toSorted()).toEqual(protocol.map(({ sopInstanceUid }) => sopInstanceUid).toSorted());
  });
});
