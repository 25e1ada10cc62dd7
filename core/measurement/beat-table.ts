import type { Beat } from '../beat/beat.ts';
import { beatFlags, type BeatFlag, cyclesMs, isProposedForExclusion } from '../beat/beat-flags.ts';
import type { Exclusions } from '../beat/excluded-beats.ts';
import type { ClipFacts } from '../clip/clip.ts';
import { ejectionFraction } from '../volume/ejection.ts';
import { timesBeats, type MeasuredBeat } from './beat-measurements.ts';

/** One beat of a clip with its own numbers, as a reader decides on it. */
export interface BeatRow {
  /** Index into the clip's beats. */
  readonly index: number;
  readonly beat: Beat;
  /** From ED to ED; null for a beat that the clip cuts off, and where frame times are guessed or doubtful. */
  readonly cycleMs: number | null;
  /** False for a beat whose end the clip cuts off. */
  readonly whole: boolean;
  /** By disks in a single plane; null without calibration, and where ED or ES cannot be measured. */
  readonly edvMl: number | null;
  readonly esvMl: number | null;
  readonly efPercent: number | null;
  /** The mark that excludes it; null for a beat that nobody excluded. */
  readonly exclusionMark: number | null;
  /** Whether the clip's means rest on it: it is measured and not excluded. */
  readonly included: boolean;
  readonly flags: readonly BeatFlag[];
  /** True where the reader is asked to exclude it and has not yet. */
  readonly proposed: boolean;
}

/** All beats of a clip in its order, measured or not. */
export function beatTable(
  facts: ClipFacts,
  beats: readonly Beat[],
  measured: readonly MeasuredBeat[],
  { markOf }: Exclusions,
  calibrated: boolean,
): BeatRow[] {
  const cycles = cyclesMs(beats, facts.timing.frameTimesMs);
  const timed = timesBeats(facts, beats);
  const flagged = beatFlags(beats, facts.timing.frameTimesMs);
  return beats.map((beat, index): BeatRow => {
    const own = measured.find((one) => one.index === index);
    const exclusionMark = markOf.get(index) ?? null;
    const flags = flagged[index] ?? [];
    return {
      index,
      beat,
      cycleMs: timed ? (cycles[index] ?? null) : null,
      whole: beat.nextEdFrame !== null,
      edvMl: own && calibrated ? own.ed.volume / 1000 : null,
      esvMl: own && calibrated ? own.es.volume / 1000 : null,
      efPercent: own ? ejectionFraction(own.ed.volume, own.es.volume) : null,
      exclusionMark,
      included: own !== undefined && exclusionMark === null,
      flags,
      proposed: exclusionMark === null && isProposedForExclusion(flags),
    };
  });
}
