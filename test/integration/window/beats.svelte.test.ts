import { beforeEach, describe, expect, it } from 'vitest';
import { messages } from '../../../renderer/state/messages.svelte.ts';
import { inWords } from '../../../renderer/words/language.svelte.ts';
import { chosenBeats } from '../../../renderer/state/chosen-beats.svelte.ts';
import { studyOpening } from '../../../renderer/state/study-opening.svelte.ts';
import { workspace } from '../../../renderer/state/workspace.svelte.ts';
import { playback } from '../../../renderer/playback/playback.svelte.ts';
import {
  allBeats,
  choosePreset,
  excludeBeat,
  toggleChosenBeat,
} from '../../../renderer/numbers/beat-choice.ts';
import { beatingTraces } from '../../unit/core/shapes.ts';
import { drawContours, openWindows } from './open-window.ts';

const framesPerBeat = 12;
const frames = 4 * framesPerBeat + 1;
const at = openWindows(frames);

/** Four beats, each of another size, so that every choice of them has another mean. */
const contours = Object.fromEntries(
  Array.from({ length: frames }, (_, frame) => {
    const beat = Math.min(3, Math.floor(frame / framesPerBeat));
    const traces = beatingTraces(frames, framesPerBeat, {
      source: { kind: 'manual' },
      least: 0.72 + 0.04 * beat,
    });
    return [frame, traces[frame]!];
  }),
);

function chosenStudy() {
  const { study, clip } = at();
  const uid = clip.sopInstanceUid;
  const table = () => study.measured.clips[uid]!.beatTable;
  const ejection = () =>
    study.measured.clips[uid]!.measurements.find(
      ({ name, method, beat }) => name === 'EF' && method === 'single-plane-disks' && beat === null,
    )?.value ?? NaN;
  const included = () => table().flatMap(({ index, included }) => (included ? [index] : []));
  return { study, uid, table, ejection, included };
}

const told = () => messages.list.map(({ text }) => inWords(text));

beforeEach(async () => {
  studyOpening.close();
  const { study, clip } = at();
  await drawContours(study, contours);
  workspace.study = study;
  workspace.show(clip.sopInstanceUid);
});

describe('beats that the reader chooses', () => {
  it('one that is excluded leaves the mean, in one step that undo takes back', async () => {
    const { study, uid, table, ejection, included } = chosenStudy();
    expect(included()).toEqual([0, 1, 2, 3]);
    const [all, own] = [ejection(), table().map(({ efPercent }) => efPercent!)];
    expect(Math.max(...own) - Math.min(...own)).toBeGreaterThan(3);
    excludeBeat(study, uid, 1, true);
    await study.saved();
    expect(included()).toEqual([0, 2, 3]);
    expect(ejection()).not.toBeCloseTo(all, 3);
    const { review, history } = await at().stored();
    expect(review.clips[uid]!.excludedBeats).toHaveLength(1);
    expect(history.at(-1)).toMatchObject({ label: 'beat 2 excluded' });
    excludeBeat(study, uid, 1, false);
    expect(ejection()).toBeCloseTo(all, 9);
    await study.undo();
    await study.undo();
    expect(included()).toEqual([0, 1, 2, 3]);
    expect((await at().stored()).review.clips[uid]!.excludedBeats).toBeNull();
  });

  it('a preset takes as many as it names, and says where the clip has fewer', async () => {
    const { study, uid, included } = chosenStudy();
    choosePreset(study, uid, 'sinus-rhythm');
    expect(included()).toHaveLength(3);
    expect(told()).toEqual([]);
    choosePreset(study, uid, 'atrial-fibrillation');
    expect(included().length).toBeLessThan(5);
    expect(told()).toEqual([expect.stringMatching(/only \d of the 5 beats/)]);
    choosePreset(study, uid, 'index-beat');
    expect(included()).toHaveLength(1);
    allBeats(study, uid);
    expect(included()).toEqual([0, 1, 2, 3]);
    await study.saved();
    expect((await at().stored()).review.clips[uid]!.excludedBeats).toBeNull();
  });

  it('the key excludes the beat that is chosen, and counts it again', async () => {
    const { study, uid, included } = chosenStudy();
    chosenBeats.choose(uid, 2);
    toggleChosenBeat();
    expect(included()).toEqual([0, 1, 3]);
    toggleChosenBeat();
    expect(included()).toEqual([0, 1, 2, 3]);
    await study.saved();
  });

  it('the beat that is chosen is one there is, and a number leads to the frame that it was read from', () => {
    const { study, uid, table } = chosenStudy();
    chosenBeats.choose(uid, 99);
    expect(chosenBeats.index(uid)).toBe(3);
    chosenBeats.choose(uid, -1);
    expect(chosenBeats.index(uid)).toBe(0);
    const { beat } = table()[2]!;
    chosenBeats.visit({ sopInstanceUid: uid, frame: beat.esFrame });
    expect(chosenBeats.index(uid)).toBe(2);
    expect(playback.frameOf(uid)).toBe(beat.esFrame);
    expect(chosenBeats.frameOf({ sopInstanceUid: uid, kind: 'ed' })).toBe(beat.edFrame);
    expect(workspace.study).toBe(study);
  });
});
