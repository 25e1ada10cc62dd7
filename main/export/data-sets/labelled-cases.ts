import { isMeasurable } from '../../../core/clip/view.ts';
import { landmarkedTraces } from '../../../core/review/traces.ts';
import { leftVentricularCavity, type StructureId } from '../../../core/structure/structure.ts';
import { isByReader } from '../../../core/trace/trace.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';
import { frameName } from './case-name.ts';
import type { DataSetStudies, DataSetStudy, LeftOut } from './data-set-studies.ts';
import { labelledStructures, labelledTrace, structuresOn } from './label-map.ts';

/** A frame with labels. */
export interface LabelledCase {
  readonly name: string;
  readonly study: DataSetStudy;
  readonly clip: ResearchClip;
  readonly frame: number;
}

export interface LabelledCases {
  readonly cases: readonly LabelledCase[];
  /** Labels from 1 on, of structures that every case has: one that is missing on some would be taught as background. */
  readonly labels: ReadonlyMap<StructureId, number>;
  /** On how many cases each of the other structures is. */
  readonly elsewhere: ReadonlyMap<StructureId, number>;
  readonly leftOut: readonly LeftOut[];
}

/** Frames that networks are trained on: ED and ES of the beats that numbers rest on, and what a person drew or corrected. */
export function labelledCases({ studies, leftOut: rejected }: DataSetStudies): LabelledCases {
  const leftOut: LeftOut[] = [...rejected];
  const cases: LabelledCase[] = [];
  for (const study of studies) {
    for (const clip of study.clips) {
      const frames = framesOf(clip);
      cases.push(
        ...frames.map((frame) => ({ name: frameName(study, clip, frame), study, clip, frame }) as const),
      );
      if (frames.length > 0) continue;
      const reason = isMeasurable(clip.measured.view)
        ? 'no beat has contours at ED and ES'
        : 'its view is no apical one';
      leftOut.push({ studyUid: study.studyUid, sopInstanceUid: clip.facts.sopInstanceUid, reason });
    }
  }
  const counts = new Map<StructureId, number>();
  for (const { clip, frame } of cases) {
    for (const structure of structuresOn(clip, frame)) {
      counts.set(structure, (counts.get(structure) ?? 0) + 1);
    }
  }
  const everywhere = labelledStructures.filter((structure) => counts.get(structure) === cases.length);
  return {
    cases,
    leftOut,
    labels: new Map(everywhere.map((structure, index) => [structure, index + 1])),
    elsewhere: new Map([...counts].filter(([structure]) => !everywhere.includes(structure))),
  };
}

function framesOf(clip: ResearchClip): number[] {
  if (!isMeasurable(clip.measured.view)) return [];
  const ofBeats = clip.measured.includedBeats.flatMap(({ beat }) => [beat.edFrame, beat.esFrame]);
  const byReader = Object.entries(landmarkedTraces(clip.review, leftVentricularCavity))
    .filter(([, trace]) => isByReader(trace))
    .map(([frame]) => Number(frame));
  return [...new Set([...ofBeats, ...byReader])]
    .filter((frame) => labelledTrace(clip, leftVentricularCavity, frame) !== null)
    .sort((a, b) => a - b);
}

/** A sentence for each structure that is drawn on some cases and labelled on none. */
export const elsewhereSentences = ({ cases, elsewhere }: LabelledCases): string[] =>
  [...elsewhere].map(
    ([structure, count]) =>
      `${structure} is contoured on ${count} of ${cases.length} pictures only, and so has no label.`,
  );
