import { message } from '../language/message.ts';
import type { TracedFrame } from '../measurement/measure-in-picture.ts';
import { leftAtrium, leftVentricularWall, type StructureId } from '../structure/structure.ts';
import { isCalibrated, isUnsure } from '../trace/trust.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { structureText } from '../wording/structure.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameReferences } from './frame-references.ts';

/**
 * Flags contours of wall and atrium that the model is too unsure of: on the frames that numbers rest on they qualify those,
 * elsewhere they are for the record. Only where the model's confidence in them was calibrated: how sharp an epicardium or a
 * roof looks to a model says too little.
 */
export function structureConfidenceFindings(evidence: ClipEvidence): Finding[] {
  const { structures, included, includedStructures } = evidence;
  const ofWall = included.flatMap(({ beat }) => [beat.edFrame, beat.esFrame]);
  const ofAtrium = includedStructures.flatMap(({ atrium }) =>
    atrium === null
      ? []
      : [atrium.largest.frame, ...(atrium.smallest === null ? [] : [atrium.smallest.frame])],
  );
  return [
    ...unsure(evidence, leftVentricularWall, structures.wall, new Set(ofWall)),
    ...unsure(evidence, leftAtrium, structures.atrium, new Set(ofAtrium)),
  ];
}

function unsure(
  { facts }: ClipEvidence,
  id: StructureId,
  traced: ReadonlyMap<number, TracedFrame>,
  measured: ReadonlySet<number>,
): Finding[] {
  const frames = [...traced.values()].flatMap(({ frame, trace }) =>
    isCalibrated(trace) && isUnsure(trace) ? [frame] : [],
  );
  const structure = structureText({ id, words: null });
  const found = (
    severity: Finding['severity'],
    words: 'finding.structure-unsure.measured' | 'finding.structure-unsure.some',
    some: readonly number[],
  ): Finding[] =>
    some.length === 0
      ? []
      : [
          {
            code: 'structure-unsure',
            severity,
            message: message(words, { structure, frames: frameRanges(some) }),
            sources: frameReferences(facts.sopInstanceUid, some),
          },
        ];
  return [
    ...found(
      'warning',
      'finding.structure-unsure.measured',
      frames.filter((frame) => measured.has(frame)),
    ),
    ...found(
      'information',
      'finding.structure-unsure.some',
      frames.filter((frame) => !measured.has(frame)),
    ),
  ];
}
