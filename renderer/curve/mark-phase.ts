import type { Beat } from '../../core/beat/beat.ts';
import { message } from '../../core/language/message.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { playback } from '../playback/playback.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { chosenBeats } from '../state/chosen-beats.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { beatsChanges } from './beats-changes.ts';
import { movedBeats, type Phase } from './moved-beats.ts';

/** Frames marked in clips that have no beat yet, where one mark alone makes none. */
const waiting = new Map<string, Partial<Record<Phase, number>>>();

/** The frame on screen becomes ED or ES of the chosen beat; where there is none, of a new one with the other mark. */
export function markPhase(phase: Phase): void {
  const { activeClip: clip, study } = workspace;
  if (!clip || !study) return;
  const uid = clip.sopInstanceUid;
  // What is marked is what is looked at, so the loop stays there.
  playback.pause();
  const frame = playback.frameOf(uid);
  const beats = chosenBeats.of(uid);
  const moved =
    beats.length > 0 ? movedBeats(beats, chosenBeats.index(uid), phase, frame) : newBeat(uid, phase, frame);
  const marked = { phase: message(`phase.${phase}`), frame: frameNumber(frame) };
  if (!moved) {
    report(
      'information',
      beats.length > 0
        ? message('curve.not-allowed', marked)
        : message('curve.one-mark', { ...marked, other: message(phase === 'ed' ? 'phase.es' : 'phase.ed') }),
    );
    return;
  }
  waiting.delete(uid);
  study.commit(say('curve.step.set', marked), (persisted) => beatsChanges(persisted, uid, beats, moved));
}

function newBeat(uid: string, phase: Phase, frame: number): Beat[] | null {
  const marks = { ...waiting.get(uid), [phase]: frame };
  waiting.set(uid, marks);
  if (marks.ed === undefined || marks.es === undefined || marks.ed === marks.es) return null;
  return [{ edFrame: marks.ed, esFrame: marks.es, nextEdFrame: null, source: 'user' }];
}
