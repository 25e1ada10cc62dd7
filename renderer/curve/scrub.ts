import type { Beat } from '../../core/beat/beat.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { playback } from '../playback/playback.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { frameNear } from './curve-geometry.ts';

const timeOf = (clip: ClipFacts, frame: number) => clip.timing.frameTimesMs[frame] ?? 0;

/** Place of a frame in its beat: 0 at ED, 1 at ES, on towards 2 at the next ED; null outside of the beat. */
function phaseOf(clip: ClipFacts, beat: Beat, frame: number): number | null {
  const [ed, es, time] = [timeOf(clip, beat.edFrame), timeOf(clip, beat.esFrame), timeOf(clip, frame)];
  if (es > ed && time >= ed && time <= es) return (time - ed) / (es - ed);
  const next = beat.nextEdFrame === null ? null : timeOf(clip, beat.nextEdFrame);
  return next !== null && time >= es && time <= next && next > es ? 1 + (time - es) / (next - es) : null;
}

function frameOfPhase(clip: ClipFacts, beat: Beat, phase: number): number | null {
  const [ed, es] = [timeOf(clip, beat.edFrame), timeOf(clip, beat.esFrame)];
  if (phase <= 1) return es > ed ? frameNear(clip.timing, ed + phase * (es - ed)) : null;
  const next = beat.nextEdFrame === null ? null : timeOf(clip, beat.nextEdFrame);
  return next === null ? null : frameNear(clip.timing, es + (phase - 1) * (next - es));
}

/** Shows a frame of one clip and the same moment of the beat in the other clips on screen. */
export function scrubTo(clip: ClipFacts, frame: number): void {
  const uid = clip.sopInstanceUid;
  const beats = workspace.beats(uid);
  const inside = beats.findIndex((beat) => phaseOf(clip, beat, frame) !== null);
  if (inside >= 0) workspace.chooseBeat(uid, inside);
  const beat = beats[inside];
  const phase = beat ? phaseOf(clip, beat, frame) : null;
  const others = workspace.shown.flatMap((other) => {
    const facts = other === uid ? undefined : workspace.study?.clip(other);
    const otherBeat = workspace.beat(other);
    const target = facts && otherBeat && phase !== null ? frameOfPhase(facts, otherBeat, phase) : null;
    return facts && target !== null ? [{ sopInstanceUid: other, timing: facts.timing, frame: target }] : [];
  });
  playback.showFrames([{ sopInstanceUid: uid, timing: clip.timing, frame }, ...others]);
}
