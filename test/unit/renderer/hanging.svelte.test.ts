import { beforeEach, describe, expect, it } from 'vitest';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { ViewCode } from '../../../core/clip/view.ts';
import { Hanging, type HungStudy } from '../../../renderer/hanging/hanging.svelte.ts';
import { clipFacts } from '../../fixtures/library/facts.ts';

const clip = (uid: string, code: ViewCode, changes: Partial<ClipFacts> = {}): ClipFacts =>
  clipFacts({ sopInstanceUid: uid, view: { code, source: 'file' }, ...changes });

function hung(clips: readonly ClipFacts[], changes: Partial<HungStudy> = {}): HungStudy {
  const viewOf = (uid: string): ViewCode =>
    clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.view.code ?? 'unknown';
  return { uid: 'own', clips, pair: null, used: [], viewOf, ...changes };
}

const own = (sopInstanceUid: string) => ({ studyInstanceUid: 'own', sopInstanceUid });
const guest = (sopInstanceUid: string) => ({ studyInstanceUid: 'other', sopInstanceUid });
const still = clip('still', 'a4c', { frames: 1 });
const rest = hung([
  still,
  clip('doppler', 'a4c', { bMode: false }),
  clip('2', 'a2c'),
  clip('4', 'a4c'),
  clip('4b', 'a4c'),
]);
const stress = hung(
  ['Rest', 'Low', 'Peak'].flatMap((name, stage) =>
    (['a4c', 'a2c', 'a3c'] as const).map((code) =>
      clip(`${name} ${code}`, code, { stage: { name, number: stage + 1 } }),
    ),
  ),
);

let hanging = new Hanging();
beforeEach(() => (hanging = new Hanging()));

const names = () => hanging.panes.map((pane) => pane?.sopInstanceUid ?? '-');

describe('what hangs first', () => {
  it('A4C and A2C side by side, one clip alone, or the stages', () => {
    hanging.open(rest, null);
    expect([hanging.layout.id, names()]).toEqual(['two', ['4', '2']]);
    hanging.open(hung([still, clip('x', 'unknown')]), null);
    expect([hanging.layout.id, names()]).toEqual(['one', ['x']]);
    hanging.open(stress, null);
    expect(hanging.layout.id).toBe('stages');
    expect(names()).toEqual(['Rest a4c', 'Rest a2c', 'Rest a3c', 'Low a4c', 'Low a2c', 'Low a3c']);
  });

  it('the pair that the numbers rest on, whatever its places', () => {
    hanging.open({ ...rest, pair: { a4c: '4b', a2c: '2' } }, null);
    expect(names()).toEqual(['4b', '2']);
  });

  it('what was chosen before for studies of its kind, where the study has it', () => {
    hanging.open(rest, 'four');
    expect(names()).toEqual(['4', '2', '4b', 'still']);
    hanging.open(stress, 'four');
    expect(names()).toEqual(['Rest a4c', 'Low a4c', 'Peak a4c', 'Rest a2c']);
    hanging.open(rest, 'stages');
    expect(hanging.layout.id).toBe('two');
    expect([hanging.kind(rest), hanging.kind(stress), hanging.kind(hung([still]))]).toEqual([
      'rest',
      'stress',
      'single',
    ]);
  });
});

describe('clips that come', () => {
  it('fill what is empty and move nothing', () => {
    hanging.open(hung([clip('4', 'a4c'), clip('2', 'a2c'), clip('3', 'a3c')]), 'four');
    hanging.takeOff(1);
    expect(names()).toEqual(['4', '-', '3', '-']);
    hanging.takeArrivals(hung([clip('4', 'a4c'), clip('2', 'a2c'), clip('3', 'a3c'), clip('new', 'a4c')]));
    // The pane that the reader emptied stays so.
    expect(names()).toEqual(['4', '-', '3', '2']);
    hanging.place(own('new'), 1);
    expect(names()).toEqual(['4', 'new', '3', '2']);
  });

  it('open no pane beside loops with their stills', () => {
    hanging.open(hung([clip('4', 'a4c')]), null);
    hanging.takeArrivals(hung([clip('4', 'a4c'), clip('2', 'a2c')]));
    expect([hanging.layout.id, names()]).toEqual(['one', ['4']]);
  });

  it('move no cell of the grid until it is laid out anew', () => {
    hanging.open(stress, null);
    const before = names();
    const more = hung([...stress.clips, clip('Rest again', 'a4c', { stage: { name: 'Rest', number: 1 } })]);
    hanging.takeArrivals(more);
    expect(names()).toEqual(before);
    hanging.regrid(more);
    expect(names()[0]).toBe('Rest again');
    // One that the stage's numbers rest on goes before the last one taken.
    hanging.regrid({ ...more, used: ['Rest a4c'] });
    expect(names()[0]).toBe('Rest a4c');
    hanging.place(own('Rest again'), 5);
    expect(names()[0]).toBe('Rest again');
  });
});

describe('other layouts', () => {
  it('from the grid come the active clip and the same view in the other stages, rest first', () => {
    hanging.open(stress, null);
    expect(hanging.choose('four', 3, stress)).toBe(1);
    expect(names()).toEqual(['Rest a4c', 'Low a4c', 'Peak a4c', 'Rest a2c']);
    hanging.open(stress, null);
    hanging.turnTo(1);
    expect(hanging.choose('two', 4, stress)).toBe(1);
    expect(names()).toEqual(['Rest a2c', 'Peak a2c']);
  });

  it('the grid turns to the page of the active clip, and to that of one that is shown', () => {
    hanging.open(stress, 'one');
    hanging.place(own('Peak a2c'), 0);
    expect(hanging.choose('stages', 0, stress)).toBe(4);
    expect([hanging.page, names()[4]]).toEqual([1, 'Peak a2c']);
    hanging.place(own('Low a3c'), 0);
    expect([hanging.page, names()[5]]).toEqual([0, 'Low a3c']);
    hanging.setRoom({ rows: 3, columns: 2 });
    expect(names()).toHaveLength(6);
    hanging.setRoom({ rows: 1, columns: 1 });
    expect(names()).toEqual(['Rest a4c']);
  });

  it('a clip without a cell is shown alone', () => {
    const besides = hung([...stress.clips, still]);
    hanging.open(besides, null);
    hanging.place(own('still'), 0);
    expect([hanging.layout.id, names()]).toEqual(['one', ['still']]);
  });

  it('of two that stand side by side one is taken off; beside one alone another is hung', () => {
    hanging.open(rest, null);
    hanging.takeOff(0);
    expect([hanging.layout.id, names(), hanging.removable]).toEqual(['one', ['2'], false]);
    hanging.placeBeside(own('4b'), 0);
    expect([hanging.layout.id, names()]).toEqual(['two', ['2', '4b']]);
  });
});

describe('a clip of another study', () => {
  it('hangs beside the active one, and what hung before is there again', () => {
    hanging.open(rest, null);
    hanging.placeGuest(guest('prior'), 0);
    expect([hanging.layout.id, names()]).toEqual(['two', ['4', 'prior']]);
    hanging.dismissGuest('other');
    expect([hanging.layout.id, names()]).toEqual(['two', ['4', '2']]);
    hanging.open(rest, 'one');
    hanging.placeGuest(guest('prior'), 0);
    hanging.dismissGuest('other');
    expect([hanging.layout.id, names()]).toEqual(['one', ['4']]);
    hanging.open(stress, null);
    const before = names();
    hanging.placeGuest(guest('prior'), 1);
    expect([hanging.layout.id, names()]).toEqual(['two', ['Rest a2c', 'prior']]);
    hanging.dismissGuest('other');
    expect([hanging.layout.id, names()]).toEqual(['stages', before]);
  });

  it('where the reader hung another clip meanwhile, only its own pane is filled anew', () => {
    hanging.open(rest, null);
    hanging.placeGuest(guest('prior'), 0);
    hanging.place(own('4b'), 0);
    hanging.dismissGuest('other');
    expect(names()).toEqual(['4b', '4']);
  });

  it('is no one’s to dismiss where it hangs no more', () => {
    hanging.open(rest, null);
    hanging.placeGuest(guest('prior'), 0);
    hanging.place(own('still'), 1);
    hanging.dismissGuest('other');
    expect(names()).toEqual(['4', 'still']);
  });
});
