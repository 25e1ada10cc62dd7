import { afterEach, describe, expect, it, vi } from 'vitest';
import { traceAt } from '../../../core/review/traces.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { api } from '../../../renderer/api/client.ts';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import { inWords } from '../../../renderer/words/language.svelte.ts';
import { OpenStudy } from '../../../renderer/state/study.svelte.ts';
import { studyUid } from '../application/workstation.ts';
import { beatingTraces, halfEllipse, traceOf } from '../../unit/core/shapes.ts';
import { drawContours, openWindows, type OpenWindow } from './open-window.ts';

const frames = 8;
const at = openWindows(frames);
const drawn = { kind: 'manual' } as const;
const contour = (diameter: number): Trace =>
  traceOf(halfEllipse(diameter, 200, [250, 330]), { source: drawn });
const told = () => messages.list.map(({ text }) => inWords(text));

function draw(study: OpenStudy, uid: string, frame: number, trace: Trace): void {
  study.commitTraces(`contour ${frame}`, uid, frame, [['lv-cavity', trace]]);
}

const shownAt = ({ clip }: OpenWindow, study: OpenStudy, frame: number) =>
  study.traceAt({ sopInstanceUid: clip.sopInstanceUid, structure: 'lv-cavity', frame })?.points ?? null;
const storedAt = async ({ clip, stored }: OpenWindow, frame: number) =>
  traceAt((await stored()).review.clips[clip.sopInstanceUid], 'lv-cavity', frame)?.points ?? null;

/** What of the browser's storage the window uses. */
function browserStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  return kept;
}

afterEach(() => vi.useRealTimers());

describe('while nobody answers', () => {
  it('edits are shown, counted as unsaved, and sent in order when somebody does', async () => {
    const window = at();
    const { study, clip } = window;
    window.disconnect();
    for (const frame of [0, 1, 2]) draw(study, clip.sopInstanceUid, frame, contour(100 + frame));
    await vi.waitFor(() => expect(study.unsaved).toBe(true), { timeout: 60_000 });
    expect(study.saving).toBe(true);
    expect(shownAt(window, study, 2)).toEqual(contour(102).points);
    expect(study.canRedo).toBe(false);
    expect((await window.stored()).history).toEqual([]);
    window.connect();
    await study.saved();
    expect([study.saving, study.unsaved]).toEqual([false, false]);
    expect((await window.stored()).history.map(({ label }) => label)).toEqual([
      'contour 0',
      'contour 1',
      'contour 2',
    ]);
    expect(study.head).toBe((await window.stored()).head);
  });

  it('an edit whose answer was lost is in the library once, and not called dropped', async () => {
    const window = at();
    const { study, clip } = window;
    window.loseAnswers();
    draw(study, clip.sopInstanceUid, 0, contour(100));
    await vi.waitFor(() => expect(study.unsaved).toBe(true), { timeout: 60_000 });
    window.connect();
    await study.saved();
    expect([study.saving, study.unsaved]).toEqual([false, false]);
    expect((await window.stored()).history.map(({ label }) => label)).toEqual(['contour 0']);
    expect(shownAt(window, study, 0)).toEqual(contour(100).points);
    expect(told()).toEqual([]);
  });

  it('edits outlive the window: the next one saves them, once, and says so', async () => {
    const window = at();
    const kept = browserStorage();
    const closed = new OpenStudy(await api.study(studyUid));
    window.disconnect();
    draw(closed, window.clip.sopInstanceUid, 3, contour(110));
    expect(kept.size).toBe(1);
    // The window is closed: what it would have sent is gone with it.
    const left = [...kept];
    window.connect();
    kept.clear();
    await closed.saved();
    await closed.undo();
    left.forEach(([key, value]) => kept.set(key, value));

    const reopened = new OpenStudy(await api.study(studyUid));
    expect(shownAt(window, reopened, 3)).toEqual(contour(110).points);
    await reopened.saved();
    expect(await storedAt(window, 3)).toEqual(contour(110).points);
    expect(told()).toContainEqual(expect.stringContaining('not saved before is saved now'));
    expect(kept.size).toBe(0);
  });
});

describe('two windows over one study', () => {
  it('that draw on different frames both keep what they drew', async () => {
    const window = at();
    const { study, clip } = window;
    const other = await window.another();
    draw(other, clip.sopInstanceUid, 0, contour(100));
    await other.saved();
    draw(study, clip.sopInstanceUid, 1, contour(101));
    await study.saved();
    expect(await storedAt(window, 0)).toEqual(contour(100).points);
    expect(await storedAt(window, 1)).toEqual(contour(101).points);
    // What the other one drew came along.
    expect(shownAt(window, study, 0)).toEqual(contour(100).points);
    expect(told()).toEqual([]);
  });

  it('that draw on the same frame: the later one is told that its own was dropped, and shows the other’s', async () => {
    const window = at();
    const { study, clip } = window;
    const other = await window.another();
    draw(other, clip.sopInstanceUid, 0, contour(100));
    await other.saved();
    draw(study, clip.sopInstanceUid, 0, contour(140));
    expect(shownAt(window, study, 0)).toEqual(contour(140).points);
    await study.saved();
    expect(await storedAt(window, 0)).toEqual(contour(100).points);
    expect(shownAt(window, study, 0)).toEqual(contour(100).points);
    expect(told()).toEqual([expect.stringContaining('“contour 0” was dropped')]);
  });

  it('hear of each other’s revisions once, in whatever order, and read the study again where one is missing', async () => {
    const window = at();
    const { study, clip } = window;
    const other = await window.another();
    draw(study, clip.sopInstanceUid, 0, contour(100));
    draw(study, clip.sopInstanceUid, 1, contour(101));
    await study.saved();
    const { history } = await window.stored();
    const whole = await Promise.all(history.map(({ id }) => api.revision(study.uid, id)));
    const [first, second] = whole;
    other.receiveRevision({ head: second!.id, revision: second! });
    other.receiveRevision({ head: first!.id, revision: first! });
    await vi.waitFor(() => expect(other.history.map(({ id }) => id)).toEqual([first!.id, second!.id]), {
      timeout: 60_000,
    });
    other.receiveRevision({ head: second!.id, revision: second! });
    expect(other.history).toHaveLength(2);
    expect(other.head).toBe(study.head);
    expect(shownAt(window, other, 1)).toEqual(contour(101).points);
  });
});

describe('undo and redo', () => {
  it('wait for what is on its way, and walk back and forth', async () => {
    const window = at();
    const { study, clip } = window;
    draw(study, clip.sopInstanceUid, 0, contour(100));
    draw(study, clip.sopInstanceUid, 1, contour(101));
    expect(study.canUndo).toBe(true);
    await study.undo();
    expect([shownAt(window, study, 0), shownAt(window, study, 1)]).toEqual([contour(100).points, null]);
    expect(study.canRedo).toBe(true);
    await study.redo();
    expect(shownAt(window, study, 1)).toEqual(contour(101).points);
    await study.undo();
    draw(study, clip.sopInstanceUid, 2, contour(102));
    await study.saved();
    expect(study.canRedo).toBe(false);
    expect((await window.stored()).history.map(({ kind }) => kind)).toEqual([
      ...['edit', 'edit', 'undo', 'redo', 'undo', 'edit'],
    ]);
  });

  it('an edit after the result was accepted takes the decision back in the same step, and undo restores both', async () => {
    const window = at();
    const { study, clip, stored } = window;
    await api.saveSettings({ reader: 'Dr Ada' });
    await drawContours(study, beatingTraces(frames, 25, { source: drawn }));
    study.commit('accepted', ({ decision }) => [
      { slot: 'decision', before: decision, after: { state: 'accepted', by: '', at: '' } },
    ]);
    await study.saved();
    expect((await stored()).review.decision).toMatchObject({ state: 'accepted', by: 'Dr Ada' });
    study.commitTraces('moved', clip.sopInstanceUid, 0, [['lv-cavity', contour(130)]]);
    await study.saved();
    expect((await stored()).review.decision).toEqual({ state: 'pending' });
    await study.undo();
    expect(study.review.decision).toMatchObject({ state: 'accepted', by: 'Dr Ada' });
  });
});

describe('contours that a run sends', () => {
  it('are measured before they are recorded, stand under what a person drew, and go with a run that begins anew', async () => {
    const window = at();
    const { study, clip } = window;
    const uid = clip.sopInstanceUid;
    const found = (diameter: number): Trace => ({
      ...contour(diameter),
      source: { kind: 'model', model: 'm', sha256: '0'.repeat(64) },
      confidence: 0.9,
    });
    draw(study, uid, 1, contour(101));
    await study.saved();
    study.receiveTraces(uid, { 'lv-cavity': { 0: found(120), 1: found(120) } });
    expect(shownAt(window, study, 0)).toEqual(found(120).points);
    expect(shownAt(window, study, 1)).toEqual(contour(101).points);
    expect(study.measured.clips[uid]!.curve[0]).toBeGreaterThan(10);
    expect(await storedAt(window, 0)).toBeNull();
    study.receiveRun({
      sopInstanceUid: uid,
      state: 'queued',
      framesDone: 0,
      framesTotal: frames,
      model: null,
      provider: null,
      msPerFrame: null,
      message: null,
    });
    expect(study.measuring).toBe(true);
    expect(shownAt(window, study, 0)).toBeNull();
    expect(shownAt(window, study, 1)).toEqual(contour(101).points);
  });
});
