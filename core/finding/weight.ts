import { beatSpan, type Beat } from '../beat/beat.ts';
import { byEffect } from './effect.ts';
import type { Finding } from './finding.ts';

/** A finding and what it was found in. */
export interface PlacedFinding {
  readonly finding: Finding;
  /** SOP Instance UIDs of its clips; none where it is the study's own. */
  readonly clips: readonly string[];
}

/** What the study's EF rests on: the clips used, and of each the beats that count in its means. */
export interface RestedOn {
  readonly used: readonly string[];
  readonly beats: Readonly<Record<string, readonly Beat[]>>;
}

/** How near a finding is to EF: in what EF rests on, in another beat of a clip used, or in a clip that is not used. */
export type Nearness = 'rested-on' | 'other-beat' | 'other-clip';

export function nearnessOf({ finding, clips }: PlacedFinding, { used, beats }: RestedOn): Nearness {
  if (clips.length > 0 && !clips.some((uid) => used.includes(uid))) return 'other-clip';
  const inBeat = ({ sopInstanceUid, frame }: Finding['sources'][number]): boolean => {
    // Where no beat counts, nothing is known of which frames EF rests on.
    const counted = beats[sopInstanceUid] ?? [];
    return counted.length === 0 || counted.map(beatSpan).some(([from, to]) => frame >= from && frame <= to);
  };
  const ofUsed = finding.sources.filter(({ sopInstanceUid }) => used.includes(sopInstanceUid));
  return ofUsed.length === 0 || ofUsed.some(inBeat) ? 'rested-on' : 'other-beat';
}

const places: readonly Nearness[] = ['rested-on', 'other-beat', 'other-clip'];

/** Orders findings by what they may do to the study's EF: those of what it rests on first, by effect and severity. */
export function byWeight(rested: RestedOn): (a: PlacedFinding, b: PlacedFinding) => number {
  const place = (placed: PlacedFinding) => places.indexOf(nearnessOf(placed, rested));
  return (a, b) => place(a) - place(b) || byEffect(a.finding, b.finding);
}
