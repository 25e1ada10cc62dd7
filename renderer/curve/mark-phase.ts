import type { Beat } from '../../core/beat/beat.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { playback } from '../playback/playback.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { beatsChanges } from './beats-changes.ts';
import { movedBeats, type Phase } from './moved-beats.ts';

/** Frames marked in clips that have no beat yet, where one mark alone makes none. */
const waiting = new Map<string, Partial<Record<Phase, number>>>();

const words = { ed: 'ED', es: 'ES' } as const;

/** The frame on screen becomes ED or ES of the chosen beat; where there is none, of a new one with the other mark. */
export function markPhase(phase: Phase): void {
  const { activeClip: clip, study } = workspace;
  if (!clip || !study) return;
  const uid = clip.sopInstanceUid;
  // What is marked is what is looked at, so the loop stays there.
  playback.pause();
  const frame = playback.frameOf(uid);
  const beats = workspace.beats(uid);
  const moved =
    beats.length > 0 ? movedBeats(beats, workspace.beatIndex(uid), phase, frame) : newBeat(uid, phase, frame);
  if (!moved) {
    report(
      'information',
      beats.length > 0
        ? `Frame ${frameNumber(frame)} cannot be ${words[phase]}: within a beat, ED comes before ES and beats do not overlap.`
        : `Frame ${frameNumber(frame)} is ${words[phase]}. Go to ${phase === 'ed' ? 'ES' : 'ED'} and mark it, too.`,
    );
    return;
  }
  waiting.delete(uid);
  study.commit(`${words[phase]} set to frame ${frameNumber(frame)}`, (persisted) =>
    beatsChanges(persisted, uid, beats, moved),
  );
}

function newBeat(uid: string, phase: Phase, frame: number): Beat[] | null {
  const marks = { ...waiting.get(uid), [phase]: frame };
  waiting.set(uid, marks);
  if (marks.ed === undefined || marks.es === undefined || marks.ed === marks.es) return null;
  return [{ edFrame: marks.ed, esFrame: marks.es, nextEdFrame: null, source: 'user' }];
}
