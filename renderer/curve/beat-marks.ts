import type { ClipFacts } from '../../core/clip/clip.ts';
import { message } from '../../core/language/message.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { playback } from '../playback/playback.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { beatsChanges } from './beats-changes.ts';
import { withBeatAt, withoutBeat } from './edited-beats.ts';

/** A new beat around a frame, ED and ES where the curve has them; one step of undo. */
export function addBeat(study: OpenStudy, clip: ClipFacts, frame: number): void {
  const uid = clip.sopInstanceUid;
  const beats = chosenBeats.of(uid);
  const edited = withBeatAt(beats, study.measured.clips[uid]?.curve ?? [], frame);
  if (!edited) {
    report('information', message('curve.no-room', { frame: frameNumber(frame) }));
    return;
  }
  const beat = edited.beats[edited.index];
  if (!beat) return;
  const words = say('curve.step.beat-added', {
    beat: edited.index + 1,
    frame: frameNumber(beat.edFrame),
  });
  study.commit(words, (persisted) => beatsChanges(persisted, uid, beats, edited.beats, edited.sameBeat));
  chosenBeats.choose(uid, edited.index);
  playback.showFrame(uid, clip.timing, beat.edFrame);
}

/** Takes ED and ES of a beat away; one step of undo. */
export function removeBeat(study: OpenStudy, clip: ClipFacts, index: number): void {
  const uid = clip.sopInstanceUid;
  const beats = chosenBeats.of(uid);
  const edited = withoutBeat(beats, index);
  if (!edited) return;
  study.commit(say('curve.step.beat-removed', { beat: index + 1 }), (persisted) =>
    beatsChanges(persisted, uid, beats, edited.beats, edited.sameBeat),
  );
  chosenBeats.choose(uid, Math.max(0, index - 1));
}

/** Drops what a reader said about ED and ES of a clip: the beats are again those that the curve shows. */
export function beatsAsFound(study: OpenStudy, clip: ClipFacts): void {
  const uid = clip.sopInstanceUid;
  if (!hasOwnBeats(study, uid)) return;
  study.commit(say('curve.step.beats-as-found'), ({ clips }) => [
    { slot: 'beats', sopInstanceUid: uid, before: clips[uid]?.beats ?? null, after: null },
  ]);
}

/** Whether a reader set beats of the clip. */
export const hasOwnBeats = (study: OpenStudy, uid: string): boolean =>
  (study.clipReview(uid)?.beats ?? null) !== null;

/** The same by key: at the frame on screen. */
export function addBeatHere(): void {
  const { activeClip: clip, study } = workspace;
  if (!clip || !study) return;
  playback.pause();
  addBeat(study, clip, playback.frameOf(clip.sopInstanceUid));
}

/** The same by key: the chosen beat. */
export function removeChosenBeat(): void {
  const { activeClip: clip, study } = workspace;
  if (clip && study) removeBeat(study, clip, chosenBeats.index(clip.sopInstanceUid));
}
