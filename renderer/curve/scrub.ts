import { beatSpan } from '../../core/beat/beat.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import type { FrameTarget } from '../playback/clock.ts';
import { frameInStep, placeInStep, stepOf, type ClipBeats } from '../playback/in-step.ts';
import { playback } from '../playback/playback.svelte.ts';
import { beatsInStep, clipsOnScreen } from '../state/loops-in-step.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';

/** Shows a frame of one clip and the same moment of the beat in the other clips on screen. */
export function scrubTo(clip: ClipFacts, frame: number): void {
  const uid = clip.sopInstanceUid;
  const inside = chosenBeats.of(uid).findIndex((beat) => {
    const [first, last] = beatSpan(beat);
    return frame >= first && frame <= last;
  });
  if (inside >= 0) chosenBeats.choose(uid, inside);
  playback.showFrames([{ sopInstanceUid: uid, timing: clip.timing, frame }, ...followers(uid, frame)]);
}

/** Where the others are when one clip is on a frame: each in its chosen beat. */
function followers(uid: string, frame: number): readonly FrameTarget[] {
  // Loops that run by their own times are scrubbed together all the same.
  const step = playback.step ?? stepOf('stretched', clipsOnScreen().map(beatsInStep));
  const lead = step?.clips.get(uid);
  const place = step && lead ? placeInStep(step, lead, lead.timing.frameTimesMs[frame] ?? 0) : null;
  if (!step || !place) return [];
  return [...step.clips.values()]
    .filter(({ sopInstanceUid }) => sopInstanceUid !== uid)
    .map((clip) => {
      const { sopInstanceUid, timing } = clip;
      const at = { beat: chosenBeat(clip), withinMs: place.withinMs };
      return { sopInstanceUid, timing, frame: frameInStep(step, clip, at) };
    });
}

function chosenBeat({ sopInstanceUid, timing, beats }: ClipBeats): number {
  const chosen = chosenBeats.beat(sopInstanceUid);
  const edMs = chosen === null ? undefined : timing.frameTimesMs[chosen.edFrame];
  return Math.max(
    0,
    beats.findIndex((beat) => beat.edMs === edMs),
  );
}
