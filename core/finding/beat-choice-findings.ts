import { longBeatRatio, shortBeatRatio } from '../beat/beat-flags.ts';
import type { BeatRow } from '../measurement/beat-table.ts';
import { frameNumber, frameRanges } from '../wording/frame-number.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameReferences } from './frame-references.ts';

/**
 * What speaks against a beat of the mean, and what the reader chose: beats much longer or shorter than the others,
 * extrasystoles, beats excluded. A beat that is excluded needs no further word.
 */
export function beatChoiceFindings({
  facts,
  table,
  measured,
  included,
  exclusions,
}: ClipEvidence): Finding[] {
  const findings: Finding[] = [];
  const add = (
    code: Finding['code'],
    severity: Finding['severity'],
    message: string,
    frames: readonly number[],
  ): void => {
    findings.push({ code, severity, message, sources: frameReferences(facts.sopInstanceUid, frames) });
  };
  const open = table.filter(({ exclusionMark }) => exclusionMark === null);
  const long = open.filter(({ flags }) => flags.includes('long'));
  if (long.length > 0) {
    add(
      'long-beat',
      'warning',
      `${long.length === 1 ? 'A beat is' : `${long.length} beats are`} more than ${longBeatRatio} times as long as the others (${spans(long)}): a beat may not have been seen there. Look at the curve, and set ED and ES by hand where they are wrong.`,
      edFrames(long),
    );
  }
  const short = open.filter(({ flags }) => flags.includes('short'));
  if (short.length > 0) {
    add(
      'short-beat',
      'warning',
      `${short.length === 1 ? 'A beat is' : `${short.length} beats are`} less than ${shortBeatRatio} times as long as the others (${spans(short)}): it ends with an early beat, or one beat was taken for two. Look at the curve, and set ED and ES by hand or exclude beats where they are wrong.`,
      edFrames(short),
    );
  }
  const proposed = open.filter(({ proposed: asked }) => asked);
  if (proposed.length > 0) {
    const early = proposed.filter(({ flags }) => flags.includes('early'));
    const names = proposed.map(({ index }) => index + 1).join(', ');
    const are = proposed.length === 1 ? 'beat' : 'beats';
    add(
      'early-beat',
      'warning',
      early.length === 0
        ? `The beat after an extrasystole counts in the mean (${are} ${names}). Exclude it in the table of beats, or keep it knowingly.`
        : `${early.length === 1 ? 'A beat comes' : `${early.length} beats come`} early, as an extrasystole does: it and the beat after it are no measure of the others. They count in the mean until you exclude them in the table of beats (${are} ${names}).`,
      edFrames(proposed),
    );
  }
  const excluded = table.filter(({ exclusionMark }) => exclusionMark !== null);
  if (excluded.length > 0 && included.length > 0) {
    add(
      'beats-excluded',
      'information',
      `${excluded.length} of ${table.length} beats ${excluded.length === 1 ? 'was' : 'were'} excluded by the reader (beat ${excluded.map(({ index }) => index + 1).join(', ')}): the means are of the others.`,
      edFrames(excluded),
    );
  }
  if (measured.length > 0 && included.length === 0) {
    add(
      'no-beat-included',
      'refusal',
      'The reader excluded every beat that was measured: EDV, ESV and EF are not given. Include a beat in the table of beats.',
      edFrames(excluded),
    );
  }
  if (exclusions.lost.length > 0) {
    add(
      'exclusion-lost',
      'warning',
      `A beat that the reader excluded is no longer found where it was (${frameRanges(exclusions.lost)}). Look whether the beats that are there now should count.`,
      exclusions.lost.filter((frame) => frame < facts.frames),
    );
  }
  return findings;
}

const edFrames = (rows: readonly BeatRow[]): number[] => rows.map(({ beat }) => beat.edFrame);

function spans(rows: readonly BeatRow[]): string {
  return rows
    .map(
      ({ beat: { edFrame, nextEdFrame } }) =>
        `frames ${frameNumber(edFrame)} to ${frameNumber(nextEdFrame ?? edFrame)}`,
    )
    .join(', ');
}
