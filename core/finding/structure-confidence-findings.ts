import { message } from '../language/message.ts';
import type { TracedFrame } from '../measurement/measure-in-picture.ts';
import { leftAtrium, leftVentricularWall, type StructureId } from '../structure/structure.ts';
import { isByReader } from '../trace/trace.ts';
import { isCalibrated, isUnsure } from '../trace/trust.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { structureText } from '../wording/structure.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameReferences } from './frame-references.ts';

/**
 * Share of the cavity's long axis up to which a wall was not seen: where a map shows none, it is drawn as thick as one is
 * at least (trace/wall-from-map.ts), however sure the model is of its map.
 */
const unseenShare = 0.02;

/**
 * Flags contours of wall and atrium that the model is too unsure of: on the frames that numbers rest on they qualify those,
 * elsewhere they are for the record. Only where the model's confidence in them was calibrated: how sharp an epicardium or a
 * roof looks to a model says too little. A wall that was drawn but not seen is flagged on every model's frames of ED.
 */
export function structureConfidenceFindings(evidence: ClipEvidence): Finding[] {
  const { structures, included, includedStructures, curve } = evidence;
  const ofWall = included.flatMap(({ beat }) => [beat.edFrame, beat.esFrame]);
  const ofAtrium = includedStructures.flatMap(({ atrium }) =>
    atrium === null
      ? []
      : [atrium.largest.frame, ...(atrium.smallest === null ? [] : [atrium.smallest.frame])],
  );
  const unseen = includedStructures.flatMap(({ beat: { edFrame }, thickness }) => {
    const least = unseenShare * (curve.frames[edFrame]?.measures?.plane.length ?? 0);
    const thirds = thickness === null ? [] : Object.values(thickness);
    return thirds.some((third) => third !== null && third < least) ? [edFrame] : [];
  });
  return [
    ...unsure(evidence, leftVentricularWall, structures.wall, new Set(ofWall), new Set(unseen)),
    ...unsure(evidence, leftAtrium, structures.atrium, new Set(ofAtrium)),
  ];
}

function unsure(
  { facts }: ClipEvidence,
  id: StructureId,
  traced: ReadonlyMap<number, TracedFrame>,
  measured: ReadonlySet<number>,
  unseen: ReadonlySet<number> = new Set(),
): Finding[] {
  const frames = [...traced.values()].flatMap(({ frame, trace }) =>
    (isCalibrated(trace) && isUnsure(trace)) || (unseen.has(frame) && !isByReader(trace)) ? [frame] : [],
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
