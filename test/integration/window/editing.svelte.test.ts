import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { traceAt } from '../../../core/review/traces.ts';
import { addStructure } from '../../../core/structure/structure.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { ReadersChoice } from '../../../renderer/editing/edited-picture.ts';
import { PictureEditor } from '../../../renderer/editing/picture-editor.svelte.ts';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import { inWords } from '../../../renderer/words/language.svelte.ts';
import { fitted, placePicture } from '../../../renderer/viewing/placement.ts';
import { beatingTraces, halfEllipse, traceOf } from '../../unit/core/shapes.ts';
import { drawContours, openWindows, type OpenWindow } from './open-window.ts';

const frames = 26;
const at = openWindows(frames);
const drawn = { kind: 'manual' } as const;
const contours = beatingTraces(frames, 25, { source: drawn });
const [edFrame, midFrame] = [0, 5];
const moved = ([x, y]: Point, by: Point): Point => [x + by[0], y + by[1]];

/** The editor of a picture of the clip at twice its size, on a frame that the test chooses. */
function editorOf({ study, clip }: OpenWindow, choices: Partial<ReadersChoice> = {}) {
  const choice: ReadersChoice = {
    tool: 'adjust',
    structure: 'lv-cavity',
    showContours: true,
    isShown: () => true,
    contour: (structure) => (choice.structure = structure),
    ...choices,
  };
  const shown = { frame: midFrame };
  const uid = clip.sopInstanceUid;
  const placed = { columns: clip.columns, rows: clip.rows, fit: null, pixelAspect: 1 };
  const editor: PictureEditor = new PictureEditor(
    {
      study,
      sopInstanceUid: uid,
      frame: (): number => editor.held ?? shown.frame,
      spacing: () => study.measured.clips[uid]!.spacing,
      calibrated: () => study.measured.clips[uid]!.calibration !== null,
      placement: () => placePicture(placed, { width: 1000, height: 800 }, fitted),
    },
    choice,
  );
  const contour = (structure = 'lv-cavity', frame = shown.frame) =>
    study.traceAt({ sopInstanceUid: uid, structure, frame });
  const drag = (from: Point, to: Point, shift = false) => {
    editor.move(from);
    editor.down(from, shift);
    editor.move(to);
  };
  return { editor, choice, shown, contour, drag };
}

const volumeOf = ({ study, clip }: OpenWindow, frame: number) =>
  study.measured.clips[clip.sopInstanceUid]!.curve[frame]!;
const lastStep = async ({ stored }: OpenWindow) => (await stored()).history.at(-1);
const told = () => messages.list.map(({ text }) => inWords(text));

afterEach(() => vi.useRealTimers());

describe('a point that is dragged', () => {
  it('moves the contour and the volume before it is let go, and is one step of history then', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const { editor, contour, drag } = editorOf(window);
    const before = { head: window.study.head, volume: volumeOf(window, midFrame), trace: contour()! };
    const index = 2;
    const from = before.trace.points[index]!;
    drag(from, moved(from, [-20, 0]));
    expect(editor.held).toBe(midFrame);
    expect(contour()!.points[index]).toEqual(moved(from, [-20, 0]));
    expect(volumeOf(window, midFrame)).toBeGreaterThan(before.volume + 1);
    expect((await window.stored()).head).toBe(before.head);

    const shown = contour()!;
    editor.up(moved(from, [-20, 0]));
    await window.study.saved();
    expect(editor.held).toBeNull();
    expect(await lastStep(window)).toMatchObject({ label: `moved a point, frame ${midFrame + 1}` });
    const { review } = await window.stored();
    const kept = traceAt(review.clips[window.clip.sopInstanceUid], 'lv-cavity', midFrame)!;
    expect(kept.points).toEqual(shown.points);
    expect(kept.source.kind).not.toBe('model');

    await window.study.undo();
    expect(contour()!.points).toEqual(before.trace.points);
    expect(volumeOf(window, midFrame)).toBe(before.volume);
  });

  it('is as it was when the gesture is cancelled, and nothing is recorded', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const { editor, contour, drag } = editorOf(window);
    const { head } = window.study;
    const [trace, volume] = [contour()!, volumeOf(window, midFrame)];
    const from = trace.points[3]!;
    drag(from, moved(from, [15, 8]));
    expect(volumeOf(window, midFrame)).not.toBe(volume);
    expect(editor.cancel()).toBe(true);
    expect([editor.busy, editor.held]).toEqual([false, null]);
    expect(contour()).toEqual(trace);
    expect(volumeOf(window, midFrame)).toBe(volume);
    editor.up(moved(from, [15, 8]));
    await window.study.saved();
    expect((await window.stored()).head).toBe(head);
  });

  it('is selected and not moved by a click, and not even that where contours are hidden', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const { editor, choice, contour, drag } = editorOf(window);
    const { head } = window.study;
    const point = contour()!.points[2]!;
    // A third of a pixel on screen: a hand that trembles.
    drag(point, moved(point, [0.15, 0]));
    editor.up(moved(point, [0.15, 0]));
    expect(editor.selected).toBe(2);
    await window.study.saved();
    expect((await window.stored()).head).toBe(head);
    editor.cancel();
    choice.showContours = false;
    drag(point, moved(point, [30, 0]));
    expect([editor.busy, editor.selected, editor.hover]).toEqual([false, null, null]);
  });

  it('follows at a quarter of the speed while Alt is held, and from there at full speed', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const { editor, contour } = editorOf(window);
    const from = contour()!.points[2]!;
    editor.move(from);
    editor.down(from, false);
    editor.move(moved(from, [-20, 0]), true);
    expect(contour()!.points[2]![0]).toBeCloseTo(from[0] - 5, 9);
    editor.move(moved(from, [-30, 0]));
    expect(contour()!.points[2]![0]).toBeCloseTo(from[0] - 15, 9);
    editor.up(moved(from, [-30, 0]));
    expect(contour()!.points[2]![0]).toBeCloseTo(from[0] - 15, 9);
  });

  it('of ED keeps the beats that were found, in the same step', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const uid = window.clip.sopInstanceUid;
    const found = window.study.measured.clips[uid]!.beats;
    expect(found[0]).toMatchObject({ edFrame });
    const { editor, shown, contour, drag } = editorOf(window);
    const pull = async (frame: number) => {
      shown.frame = frame;
      const from = contour()!.points[2]!;
      // Far in: ED would be another frame by its volume.
      drag(from, moved(from, [25, 0]));
      expect(window.study.measured.clips[uid]!.beats).toEqual(found);
      editor.up(moved(from, [25, 0]));
      await window.study.saved();
      return (await window.stored()).review.clips[uid]!.beats;
    };
    expect(await pull(midFrame)).toBeNull();
    expect(await pull(edFrame)).toEqual(found);
    await window.study.undo();
    expect((await window.stored()).review.clips[uid]!.beats).toBeNull();
  });
});

describe('a hinge that is dragged', () => {
  it('is that of every structure of the frame, in one step', async () => {
    const window = at();
    const { study, clip } = window;
    await drawContours(study, contours);
    addStructure({
      id: 'lv-wall',
      words: 'wall of the left ventricle',
      landmarks: 'hinges-and-apex',
      views: ['a4c'],
      colour: '#ffcc00',
      code: { scheme: 'SCT', value: '55724004', meaning: 'Left ventricular wall' },
    });
    const wall = traceOf(halfEllipse(150, 220, [250, 330]), { source: drawn });
    study.commitTraces('wall', clip.sopInstanceUid, midFrame, [['lv-wall', wall]]);
    await study.saved();
    const { editor, contour, drag } = editorOf(window);
    const hinge = contour()!.points[0]!;
    const steps = (await window.stored()).history.length;
    drag(hinge, moved(hinge, [6, -4]));
    editor.up(moved(hinge, [6, -4]));
    await study.saved();
    expect(contour()!.points[0]).toEqual(moved(hinge, [6, -4]));
    const [x, y] = contour('lv-wall')!.points[0]!;
    expect([x - wall.points[0]![0], y - wall.points[0]![1]].map((by) => by.toFixed(6))).toEqual([
      '6.000000',
      '-4.000000',
    ]);
    expect((await window.stored()).history.length).toBe(steps + 1);
    await study.undo();
    expect(contour('lv-wall')!.points).toEqual(wall.points);
    expect(contour()!.points[0]).toEqual(hinge);
  });
});

describe('points and keys', () => {
  it('a double-click on the line adds a point, which can be deleted again; a hinge cannot', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const { editor, contour } = editorOf(window);
    const before = contour()!;
    const curve = tracePolyline(before);
    // In the middle between two control points.
    const between = curve[2 * 8 + 4]!;
    expect(editor.doubleClick(between)).toBe(true);
    expect(contour()!.points).toHaveLength(before.points.length + 1);
    expect(editor.selected).toBe(3);
    expect(editor.deleteSelected()).toBe(true);
    expect(contour()!.points).toHaveLength(before.points.length);
    editor.select(1);
    expect(editor.selected).toBe(0);
    expect(editor.deleteSelected()).toBe(true);
    expect(contour()!.points).toHaveLength(before.points.length);
    expect(told()).toEqual([expect.stringContaining('keeps both of its hinges')]);
    expect(editor.doubleClick([5, 5])).toBe(false);
    await window.study.saved();
    expect(await lastStep(window)).toMatchObject({ label: expect.stringContaining('deleted a point') });
  });

  it('presses of an arrow key are one step, once they have rested', async () => {
    const window = at();
    await drawContours(window.study, contours);
    const { editor, contour } = editorOf(window);
    const steps = (await window.stored()).history.length;
    const from = contour()!.points[2]!;
    editor.selected = 2;
    vi.useFakeTimers();
    for (const count of [1, 2, 3]) {
      editor.nudge(-1, 0, 0.4);
      expect(contour()!.points[2]![0]).toBeCloseTo(from[0] - count, 9);
      editor.restNudge();
      vi.advanceTimersByTime(500);
      expect(editor.busy).toBe(true);
    }
    vi.advanceTimersByTime(500);
    expect(editor.busy).toBe(false);
    vi.useRealTimers();
    await window.study.saved();
    const { history } = await window.stored();
    expect(history.length).toBe(steps + 1);
    expect(history.at(-1)).toMatchObject({ label: `nudged a point, frame ${midFrame + 1}` });
    expect(contour()!.points[2]![0]).toBeCloseTo(from[0] - 3, 9);
  });
});

describe('a contour that is drawn', () => {
  it('point by point is ended by Enter, and the tool is put down', async () => {
    const window = at();
    const { editor, choice, contour } = editorOf(window, { tool: 'draw' });
    const wall = halfEllipse(120, 200, [250, 330], 7);
    for (const point of wall) {
      editor.move(point);
      editor.down(point, false);
      editor.up(point);
    }
    expect(contour()).toBeNull();
    expect(editor.finishDrawing()).toBe(true);
    expect(contour()!.source).toEqual({ kind: 'manual' });
    expect(contour()!.points[0]).toEqual(wall[0]);
    expect(choice.tool).toBe('adjust');
    await window.study.saved();
    expect(await lastStep(window)).toMatchObject({ label: `drew a contour, frame ${midFrame + 1}` });
  });

  it('of too few points is refused with words, and nothing is left of it', async () => {
    const window = at();
    const { editor, contour } = editorOf(window, { tool: 'draw' });
    const { head } = window.study;
    for (const point of halfEllipse(120, 200, [250, 330], 2)) {
      editor.down(point, false);
      editor.up(point);
    }
    editor.finishDrawing();
    expect(contour()).toBeNull();
    expect(told()).toEqual([expect.stringContaining('at least five points')]);
    await window.study.saved();
    expect((await window.stored()).head).toBe(head);
  });

  it('over where there is none is told of, and a ruler leaves its line', () => {
    const window = at();
    const { editor, choice } = editorOf(window, { tool: 'redraw' });
    editor.down([100, 100], false);
    expect(editor.busy).toBe(false);
    expect(told()).toEqual([expect.stringContaining('no contour on this frame')]);
    choice.tool = 'ruler';
    editor.down([400, 50], false);
    editor.move([400, 250]);
    editor.up([400, 250]);
    expect(editor.ruler).toEqual({ from: [400, 50], to: [400, 250] });
    expect([editor.busy, editor.held]).toEqual([false, null]);
    editor.cancel();
    expect(editor.ruler).toBeNull();
  });
});
