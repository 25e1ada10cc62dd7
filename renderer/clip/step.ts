import { clipsOnScreen } from '../state/loops-in-step.ts';
import type { FrameTarget } from '../playback/clock.ts';
import { playback } from '../playback/playback.svelte.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

/** Clips on screen, the one that keys act on first. */
function activeFirst() {
  const active = workspace.active?.sopInstanceUid;
  const isActive = (uid: string) => Number(uid === active);
  return [...clipsOnScreen()].sort(
    (a, b) => isActive(b.clip.sopInstanceUid) - isActive(a.clip.sopInstanceUid),
  );
}

/** Moves all clips on screen by frames: in step with the active one, the others each in its own loop. They stay there. */
export function step(by: number): void {
  playback.pause();
  const targets = activeFirst().map(({ clip: { sopInstanceUid, timing, frames } }): FrameTarget => {
    const frame = (((playback.standingOn(sopInstanceUid) + by) % frames) + frames) % frames;
    return { sopInstanceUid, timing, frame };
  });
  const lead = targets.find(({ sopInstanceUid }) => playback.step?.clips.has(sopInstanceUid)) ?? targets[0];
  if (lead) playback.stepBy(lead, targets, by);
}

/** Goes to ED or ES of the chosen beat in all clips on screen. */
export function toPhase(phase: 'edFrame' | 'esFrame'): void {
  playback.showFrames(
    activeFirst().flatMap(({ clip }) => {
      const beat = chosenBeats.beat(clip.sopInstanceUid);
      return beat ? [{ sopInstanceUid: clip.sopInstanceUid, timing: clip.timing, frame: beat[phase] }] : [];
    }),
  );
}
