import { message } from '../language/message.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { cavityTraces } from '../review/traces.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

/** What is wrong with the pictures that the model was shown: frames without one, numbers that are none, the crop. */
export function pictureFindings({ facts, review }: ClipEvidence): Finding[] {
  const { unsegmented, sector } = review.run ?? {};
  const traced = cavityTraces(review);
  const findings: Finding[] = [];
  const add = (
    code: 'frames-undecodable' | 'empty-frames' | 'not-analysed',
    frames: readonly number[] = [],
  ): void => {
    // What a person has drawn since is measured like any other contour.
    const open = frames.filter((frame) => traced[frame] === undefined);
    if (open.length === 0) return;
    findings.push({
      code,
      severity: 'warning',
      message: message(`finding.${code}`, {
        frames: frameRanges(open),
        count: open.length,
        total: facts.frames,
      }),
      sources: frameReferences(facts.sopInstanceUid, open),
    });
  };
  add('frames-undecodable', unsegmented?.undecodable);
  add('empty-frames', unsegmented?.noPicture);
  add('not-analysed', unsegmented?.notFinite);
  const blank = unsegmented !== undefined && unsegmented.noPicture.length === facts.frames;
  if (sector?.doubt !== undefined && !blank) {
    findings.push({
      code: 'sector-doubtful',
      severity: 'warning',
      message: message(`finding.sector-doubtful.${sector.doubt}`),
      sources: [],
    });
  }
  return findings;
}
