import type { SectorDoubt } from '../clip/clip.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { cavityTraces } from '../review/traces.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

const doubtWords: Readonly<Record<SectorDoubt, string>> = {
  'not-found':
    'The ultrasound sector could not be told from what surrounds it, so the model saw the whole picture',
  'cut-off': 'The ultrasound sector seems to be cut off at the edge of the picture',
  loose:
    "The file's region is much larger than the picture that is seen in it, so the model saw wide margins",
  'odd-shape': 'What was taken for the ultrasound sector is too flat or too narrow for one',
};

/** What is wrong with the pictures that the model was shown: frames without one, numbers that are none, the crop. */
export function pictureFindings({ facts, review }: ClipEvidence): Finding[] {
  const { unsegmented, sector } = review.run ?? {};
  const traced = cavityTraces(review);
  const findings: Finding[] = [];
  const add = (code: Finding['code'], frames: readonly number[], words: string): void => {
    // What a person has drawn since is measured like any other contour.
    const open = frames.filter((frame) => traced[frame] === undefined);
    if (open.length === 0) return;
    findings.push({
      code,
      severity: 'warning',
      message: `${words.replace('%', `${frameRanges(open)}, ${open.length} of ${facts.frames}`)}`,
      sources: frameReferences(facts.sopInstanceUid, open),
    });
  };
  add(
    'frames-undecodable',
    unsegmented?.undecodable ?? [],
    'The data of the file are damaged there (%): there is no picture and no contour; values between neighbours are bridged. Copy the clip again from its source, or use another one if ED or ES may lie there.',
  );
  add(
    'empty-frames',
    unsegmented?.noPicture ?? [],
    'There is no echo to be seen (%): black, of one grey, or noise. The model was not shown it and no contour is given; values between neighbours are bridged. Use another clip if ED or ES may lie there.',
  );
  add(
    'not-analysed',
    unsegmented?.notFinite ?? [],
    'The model gave values that are not numbers (%): no contour is given, and its memory was begun anew after it. Try the CPU provider or another model.',
  );
  const blank = unsegmented !== undefined && unsegmented.noPicture.length === facts.frames;
  if (sector?.doubt !== undefined && !blank) {
    findings.push({
      code: 'sector-doubtful',
      severity: 'warning',
      message: `${doubtWords[sector.doubt]}. Its contours are less exact on pictures unlike those it learned from: check them, or use a clip with the whole sector.`,
      sources: [],
    });
  }
  return findings;
}
