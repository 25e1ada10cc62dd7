import type { ClipFacts, ClipStage, StudyFacts } from '../clip/clip.ts';
import { restingStage, sameStage, studyStages } from '../clip/stage.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { Measurement } from '../measurement/measurement.ts';
import type { ChosenPair, StudyReview } from '../review/review.ts';
import { measureStudy } from './measure-study.ts';

/** Numbers of one stage of a stress study, as they would be the study's if that stage were chosen. */
export interface StageNumbers {
  readonly stage: ClipStage | null;
  readonly resting: boolean;
  readonly ejection: Measurement | null;
  readonly endDiastolic: Measurement | null;
  readonly endSystolic: Measurement | null;
  /** Clips that the numbers rest on. */
  readonly used: readonly string[];
  /**
   * How far EF lies from that at rest, in percentage points; null for the resting stage, and where the two are not of
   * the same method and view, which lie apart by themselves.
   */
  readonly change: number | null;
  /** True where there is an EF here and at rest, of different methods or views. */
  readonly otherMethod: boolean;
}

/** Stands for "clips whose files state no stage" in a review. */
const noStage: ClipStage = { name: null, number: null };

/**
 * EF and volumes of every stage, in the order of {@link studyStages}; empty where no file states a stage. Cheap: clips
 * whose contours did not change are not measured again.
 */
export function measureStages(
  study: StudyFacts,
  clips: readonly ClipFacts[],
  review: StudyReview,
  options: MeasureOptions,
): readonly StageNumbers[] {
  const own = clips.filter((clip) => clip.studyInstanceUid === study.studyInstanceUid);
  const stages = studyStages(own);
  const rest = restingStage(stages);
  const measured = stages.map(({ stage, clips: members }) => {
    const { measurements, used } = measureStudy(
      study,
      own,
      {
        ...review,
        stage: stage ?? noStage,
        pair: within(review.pair, members),
        decision: { state: 'pending' },
      },
      options,
    );
    // Of a stage without a beat that can be measured nothing stands in from another one.
    const inside = used.every((uid) => members.includes(uid));
    const find = (name: Measurement['name']): Measurement | null =>
      (inside ? measurements.find((one) => one.name === name) : undefined) ?? null;
    return {
      stage,
      resting: rest !== null && sameStage(stage, rest.stage),
      ejection: find('EF'),
      endDiastolic: find('EDV'),
      endSystolic: find('ESV'),
      used: inside ? used : [],
    };
  });
  const atRest = measured.find(({ resting }) => resting)?.ejection ?? null;
  return measured.map((numbers) => {
    const { ejection, resting } = numbers;
    const both = ejection !== null && atRest !== null && !resting;
    const alike = both && ejection.method === atRest.method && ejection.view === atRest.view;
    return {
      ...numbers,
      change: alike ? ejection.value - atRest.value : null,
      otherMethod: both && !alike,
    };
  });
}

/** A pair that the reader named is a stage's where both clips are. */
function within(pair: ChosenPair | null, members: readonly string[]): ChosenPair | null {
  return pair !== null && members.includes(pair.a4c) && members.includes(pair.a2c) ? pair : null;
}
