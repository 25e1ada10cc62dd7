import { longBeatRatio, shortBeatRatio } from '../beat/beat-flags.ts';
import { message, type Message } from '../language/message.ts';
import type { BeatRow } from '../measurement/beat-table.ts';
import { frameNumber, frameRanges } from '../wording/frame-number.ts';
import { listed } from '../wording/listed.ts';
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
    message: Message,
    frames: readonly number[],
  ): void => {
    findings.push({ code, severity, message, sources: frameReferences(facts.sopInstanceUid, frames) });
  };
  const open = table.filter(({ exclusionMark }) => exclusionMark === null);
  const long = open.filter(({ flags }) => flags.includes('long'));
  if (isSome(long)) {
    add(
      'long-beat',
      'warning',
      message('finding.long-beat', { count: long.length, ratio: longBeatRatio, beats: spans(long) }),
      edFrames(long),
    );
  }
  const short = open.filter(({ flags }) => flags.includes('short'));
  if (isSome(short)) {
    add(
      'short-beat',
      'warning',
      message('finding.short-beat', { count: short.length, ratio: shortBeatRatio, beats: spans(short) }),
      edFrames(short),
    );
  }
  const proposed = open.filter(({ proposed: asked }) => asked);
  if (proposed.length > 0) {
    const early = proposed.filter(({ flags }) => flags.includes('early'));
    const beats = message('beats.named', { count: proposed.length, beats: beatNumbers(proposed) });
    add(
      'early-beat',
      'warning',
      early.length === 0
        ? message('finding.early-beat.after', { beats })
        : message('finding.early-beat', { count: early.length, beats }),
      edFrames(proposed),
    );
  }
  const excluded = table.filter(({ exclusionMark }) => exclusionMark !== null);
  if (excluded.length > 0 && included.length > 0) {
    add(
      'beats-excluded',
      'information',
      message('finding.beats-excluded', {
        count: excluded.length,
        total: table.length,
        beats: beatNumbers(excluded),
      }),
      edFrames(excluded),
    );
  }
  if (measured.length > 0 && included.length === 0) {
    add('no-beat-included', 'refusal', message('finding.no-beat-included'), edFrames(excluded));
  }
  if (exclusions.lost.length > 0) {
    add(
      'exclusion-lost',
      'warning',
      message('finding.exclusion-lost', { frames: frameRanges(exclusions.lost) }),
      exclusions.lost.filter((frame) => frame < facts.frames),
    );
  }
  return findings;
}

const edFrames = (rows: readonly BeatRow[]): number[] => rows.map(({ beat }) => beat.edFrame);

const beatNumbers = (rows: readonly BeatRow[]): string => rows.map(({ index }) => index + 1).join(', ');

const isSome = (rows: readonly BeatRow[]): rows is readonly [BeatRow, ...BeatRow[]] => rows.length > 0;

function spans([first, ...others]: readonly [BeatRow, ...BeatRow[]]): Message {
  return listed([span(first), ...others.map(span)]);
}

function span({ beat: { edFrame, nextEdFrame } }: BeatRow): Message {
  return message('beats.span', { from: frameNumber(edFrame), to: frameNumber(nextEdFrame ?? edFrame) });
}
