import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  kindOf,
  layoutCalled,
  layoutsFor,
  nextLayout,
  type Pane,
  type PaneClip,
} from '../../../renderer/hanging/layout.ts';
import {
  besidePane,
  emptied,
  filled,
  firstPanes,
  placed,
  switched,
  withoutStudy,
} from '../../../renderer/hanging/panes.ts';

fc.configureGlobal({ seed: 1714 });

const clip = (sopInstanceUid: string, studyInstanceUid = 'own'): PaneClip => ({
  studyInstanceUid,
  sopInstanceUid,
});
const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((uid) => clip(uid)) as [
  PaneClip,
  PaneClip,
  PaneClip,
  PaneClip,
  PaneClip,
];
const ranked = [a, b, c, d, e];
const named = (panes: readonly Pane[]) => panes.map((pane) => pane?.sopInstanceUid ?? '-').join('');

describe('layouts', () => {
  it('only those that show something of their own are gone through', () => {
    expect(layoutsFor({ clips: 1, loops: 1, stages: 0 })).toEqual(['one', 'phases']);
    expect(layoutsFor({ clips: 2, loops: 2, stages: 0 })).toEqual(['one', 'two', 'phases']);
    expect(layoutsFor({ clips: 12, loops: 12, stages: 4 })).toEqual([
      'one',
      'two',
      'four',
      'phases',
      'stages',
    ]);
    expect(layoutsFor({ clips: 3, loops: 0, stages: 2 })).toEqual(['one', 'two', 'four']);
    const all = layoutsFor({ clips: 12, loops: 12, stages: 4 });
    expect(nextLayout(all, 'stages', 1)).toBe('one');
    expect(nextLayout(all, 'one', -1)).toBe('stages');
    expect(nextLayout(['one', 'phases'], 'four', 1)).toBe('phases');
  });

  it('choices are remembered by kind of study', () => {
    expect(kindOf({ clips: 8, loops: 8, stages: 4 })).toBe('stress');
    expect(kindOf({ clips: 8, loops: 8, stages: 1 })).toBe('rest');
    expect(kindOf({ clips: 1, loops: 1, stages: 0 })).toBe('single');
    expect(layoutCalled('four')).toBe('four');
    for (const other of ['five', '', 4, true, undefined]) expect(layoutCalled(other)).toBeNull();
  });
});

describe('what becomes of panes', () => {
  it('an untouched study has the best clips, and empty places where there are no more', () => {
    expect(named(firstPanes(2, ranked))).toBe('ab');
    expect(named(firstPanes(4, [a, b]))).toBe('ab--');
    expect(named(firstPanes(3, [b, a, b, c]))).toBe('bac');
  });

  it('another layout keeps what is on screen in its order, and goes on with the best of the others', () => {
    expect(switched([c, a], 0, 4, null, ranked)).toEqual({ panes: [c, a, b, d], active: 0 });
    expect(switched([a, b, c, d], 2, 1, null, ranked)).toEqual({ panes: [c], active: 0 });
    expect(switched([a, b, c, d], 3, 2, null, ranked)).toEqual({ panes: [a, d], active: 1 });
    expect(switched([null, b, null, d], 3, 2, null, ranked)).toEqual({ panes: [b, d], active: 1 });
  });

  it('a layout is found as it was left, with the clip that keys act on', () => {
    expect(switched([a], 0, 2, [b, a], ranked)).toEqual({ panes: [b, a], active: 1 });
    expect(switched([e], 0, 4, [a, null, c, d], ranked)).toEqual({ panes: [a, e, c, d], active: 1 });
    expect(switched([e], 0, 2, [a, b], ranked)).toEqual({ panes: [e, b], active: 0 });
  });

  it('a clip that hangs already changes places with what is there', () => {
    expect(named(placed([a, b, c, d], 0, d))).toBe('dbca');
    expect(named(placed([a, b, c, d], 2, e))).toBe('abed');
    expect(named(placed([a, null, c, d], 1, a))).toBe('-acd');
    expect(named(placed([a, b], 0, a))).toBe('ab');
  });

  it('beside means the empty place, else the next one', () => {
    expect(besidePane([a, null, null, d], 0)).toBe(1);
    expect(besidePane([a, b, c, d], 1)).toBe(2);
    expect(besidePane([a, b], 1)).toBe(0);
  });

  it('what was emptied stays empty when clips come', () => {
    const panes = emptied([a, b, null, null], 1);
    expect(named(filled(panes, ranked, [1]))).toBe('a-bc');
    expect(named(filled(panes, ranked))).toBe('abcd');
  });

  it('clips of another study leave together', () => {
    expect(named(withoutStudy([a, clip('a', 'other'), b], 'other'))).toBe('a-b');
    // The same instance number of two studies is two clips.
    expect(named(placed([a, b], 1, clip('a', 'other')))).toBe('aa');
  });

  it('whatever is done, no clip hangs twice and no pane is lost', () => {
    const pane = fc.integer({ min: 0, max: 3 });
    const any = fc.constantFrom(...ranked);
    const deed = fc.oneof(
      fc.record({ kind: fc.constant('place' as const), index: pane, clip: any }),
      fc.record({ kind: fc.constant('empty' as const), index: pane }),
      fc.record({ kind: fc.constant('fill' as const) }),
      fc.record({ kind: fc.constant('switch' as const), index: pane, count: fc.constantFrom(1, 2, 4) }),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
        let panes = firstPanes(4, ranked);
        for (const one of deeds) {
          const index = 'index' in one ? Math.min(one.index, panes.length - 1) : 0;
          const keyed = panes[index] ?? null;
          const count = panes.length;
          if (one.kind === 'place') panes = placed(panes, index, one.clip);
          else if (one.kind === 'empty') panes = emptied(panes, index);
          else if (one.kind === 'fill') panes = filled(panes, ranked);
          else {
            const next = switched(panes, index, one.count, null, ranked);
            panes = next.panes;
            expect(panes.length).toBe(one.count);
            if (keyed) expect(panes[next.active]).toEqual(keyed);
          }
          if (one.kind !== 'switch') expect(panes.length).toBe(count);
          const hung = panes.filter((held) => held !== null).map(({ sopInstanceUid }) => sopInstanceUid);
          expect(new Set(hung).size).toBe(hung.length);
        }
      }),
    );
  });
});
