import { beforeEach, describe, expect, it } from 'vitest';
import { GuestStudy } from '../../../renderer/state/guest-study.svelte.ts';
import { clipsOnScreen, loopsOnScreen } from '../../../renderer/state/loops-in-step.ts';
import { chosenBeats } from '../../../renderer/state/chosen-beats.svelte.ts';
import { confirmView, setView } from '../../../renderer/state/named-view.ts';
import { studyOpening } from '../../../renderer/state/study-opening.svelte.ts';
import { workspace } from '../../../renderer/state/workspace.svelte.ts';
import { beatingTraces } from '../../unit/core/shapes.ts';
import { drawContours, openWindows } from './open-window.ts';

const frames = 25;
const at = openWindows(frames);
const otherStudy = '1.2.826.0.1.3680043.10.99.1';
const otherClip = `${otherStudy}.1`;

beforeEach(async () => {
  studyOpening.close();
  const { study, clip } = at();
  await drawContours(study, beatingTraces(frames, 12, { source: { kind: 'manual' } }));
  workspace.study = study;
  workspace.show(clip.sopInstanceUid);
});

/** The study in the library as if it were another one, a year older. */
async function earlier(): Promise<GuestStudy> {
  const { facts, clips, review } = await at().stored();
  return new GuestStudy({
    facts: { ...facts, studyInstanceUid: otherStudy, studyDate: '2025-01-02' },
    clips: clips.map((clip) => ({ ...clip, sopInstanceUid: otherClip, studyInstanceUid: otherStudy })),
    review: {
      ...review,
      clips: Object.fromEntries(Object.values(review.clips).map((one) => [otherClip, one])),
    },
  });
}

describe('a clip of another study', () => {
  it('hangs beside with its contours and its beats, in step with the open one', async () => {
    const { clip } = at();
    workspace.hangGuest(await earlier(), otherClip);
    expect(workspace.hanging.panes.map((pane) => pane?.sopInstanceUid)).toEqual([
      clip.sopInstanceUid,
      otherClip,
    ]);
    expect(workspace.shown).toEqual([clip.sopInstanceUid]);
    const [, guest] = clipsOnScreen();
    expect(guest?.study.uid).toBe(otherStudy);
    expect(
      guest?.study.traceAt({ sopInstanceUid: otherClip, structure: 'lv-cavity', frame: 3 }),
    ).not.toBeNull();
    expect(chosenBeats.of(otherClip)).toEqual(chosenBeats.of(clip.sopInstanceUid));
    expect(loopsOnScreen().map(({ beats }) => beats.length)).toEqual([2, 2]);
  });

  it('is not what keys change: its view, its contours and its stage are nobody’s to set', async () => {
    const { study, clip } = at();
    workspace.hangGuest(await earlier(), otherClip);
    const before = study.review;
    workspace.active = { sopInstanceUid: otherClip, kind: 'cine' };
    expect(workspace.activeClip).toBeNull();
    setView('a2c');
    confirmView();
    expect(study.review).toBe(before);
    // Its ED and ES can be looked at all the same.
    chosenBeats.choose(otherClip, 1);
    expect(chosenBeats.index(otherClip)).toBe(1);
    expect(chosenBeats.index(clip.sopInstanceUid)).toBe(0);
  });

  it('goes when it is dismissed, and with the study that it was compared with', async () => {
    const { clip } = at();
    const guest = await earlier();
    workspace.hangGuest(guest, otherClip);
    workspace.active = { sopInstanceUid: otherClip, kind: 'cine' };
    workspace.dismissGuest(otherStudy);
    expect(workspace.guests).toEqual([]);
    expect(workspace.active).toEqual({ sopInstanceUid: clip.sopInstanceUid, kind: 'cine' });
    workspace.hangGuest(guest, otherClip);
    studyOpening.close();
    expect([workspace.guests, workspace.hanging.panes]).toEqual([[], []]);
  });

  it('the open study itself is no guest, and neither is a clip that its study does not have', async () => {
    const { study, clip } = at();
    workspace.hangGuest(study, clip.sopInstanceUid);
    workspace.hangGuest(await earlier(), clip.sopInstanceUid);
    expect(workspace.guests).toEqual([]);
  });
});
