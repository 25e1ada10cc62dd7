import { playback } from '../playback/playback.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

/** Moves all clips on screen by frames, each in its own loop, and stays there. */
export function step(by: number): void {
  playback.pause();
  playback.showFrames(
    workspace.shown.flatMap((uid) => {
      const clip = workspace.study?.clip(uid);
      if (!clip) return [];
      const frame = (((playback.standingOn(uid) + by) % clip.frames) + clip.frames) % clip.frames;
      return [{ sopInstanceUid: uid, timing: clip.timing, frame }];
    }),
  );
}

/** Goes to ED or ES of the chosen beat in all clips on screen. */
export function toPhase(phase: 'edFrame' | 'esFrame'): void {
  playback.showFrames(
    workspace.shown.flatMap((uid) => {
      const clip = workspace.study?.clip(uid);
      const beat = workspace.beat(uid);
      return clip && beat ? [{ sopInstanceUid: uid, timing: clip.timing, frame: beat[phase] }] : [];
    }),
  );
}
