import { isChild } from '../body/age.ts';
import type { Body } from '../body/body.ts';
import type { ClipFacts, ClipStage, StudyFacts } from '../clip/clip.ts';
import { restingStage, sameStage, studyStages, type StudyStage } from '../clip/stage.ts';
import { sharesStudyUid } from '../clip/study-key.ts';
import { viewsByWorth } from '../clip/view.ts';
import { ejectionFindings } from '../finding/ejection-findings.ts';
import type { Finding } from '../finding/finding.ts';
import { readAgainFindings } from '../finding/read-again-findings.ts';
import { gravestFirst } from '../finding/severity.ts';
import { signedFindings } from '../finding/signed-findings.ts';
import { noRestingStage, obstacleFinding, type PairProblem } from '../finding/stage-findings.ts';
import { atrialAxisFindings, axisFindings, planeFindings } from '../finding/study-findings.ts';
import { recognisedViewFindings } from '../finding/view-findings.ts';
import { message } from '../language/message.ts';
import { biplaneMeasurements, matchBeats } from '../measurement/biplane.ts';
import { chooseClip, type MeasuredClip, rankedClips } from '../measurement/choose-clip.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { Measurement, MeasurementName } from '../measurement/measurement.ts';
import { type ClipPair, compatiblePair, pairObstacle, type PairObstacle } from '../measurement/pairing.ts';
import { patientMeasurements } from '../measurement/patient-measurements.ts';
import { spreadOf, type Spread } from '../measurement/spread.ts';
import { indexedAtrium, studyAtrium } from '../measurement/study-atrium.ts';
import { studyStrain } from '../measurement/study-strain.ts';
import { distanceMeasurements, namedDistances, singleDistances } from '../measurement/named-distances.ts';
import { initialClipReview } from '../review/initial.ts';
import type { ChosenPair, StudyReview } from '../review/review.ts';
import { type ClipMeasurements, measureClip } from './measure-clip.ts';

/** Everything that is derived from the contours of a study. */
export interface StudyMeasurements {
  /** By SOP Instance UID. */
  readonly clips: Readonly<Record<string, ClipMeasurements>>;
  /** The two clips that biplane rests on; null where it is not possible. */
  readonly pair: { readonly a4c: string; readonly a2c: string } | null;
  /** Stages of a stress study, empty where no file states one. */
  readonly stages: readonly StudyStage[];
  /** The stage that the numbers are of; null where there are no stages, none was chosen, or clips of several are combined. */
  readonly stage: ClipStage | null;
  /** False for numbers of a stage under stress, or of several: reference limits are those of hearts at rest. */
  readonly atRest: boolean;
  /** True where the patient was none of the adults that reference limits are of; false where the age is not known. */
  readonly ofChild: boolean;
  /** Clips that would be biplane if the reader said so, and what stands against it. */
  readonly offeredPair: (ChosenPair & { readonly obstacle: PairObstacle }) | null;
  /** The study's numbers: biplane where possible, else of the best single plane (its `view` says which). */
  readonly measurements: readonly Measurement[];
  /** How far the beats, or for biplane the pairs of beats, of EDV, ESV, SV and EF lie apart, and distances of one name. */
  readonly spread: readonly Spread[];
  /** Beats that biplane combines, in order; empty where there is no biplane. */
  readonly beatPairs: readonly PairedBeats[];
  readonly findings: readonly Finding[];
  /** Clips that the study's numbers rest on. */
  readonly used: readonly string[];
}

/** Indices of a beat into the beats of the A4C and of the A2C clip. */
export interface PairedBeats {
  readonly a4c: number;
  readonly a2c: number;
}

const studyNames: readonly MeasurementName[] = ['EDV', 'ESV', 'SV', 'EF'];

/**
 * All numbers and findings of a study. Only clips of this very study, and so of one patient, are combined; a clip
 * of another study is left out with a finding. Clips whose review did not change are not computed again.
 */
export function measureStudy(
  study: StudyFacts,
  clips: readonly ClipFacts[],
  review: StudyReview,
  options: MeasureOptions,
): StudyMeasurements {
  const own = clips.filter((clip) => clip.studyInstanceUid === study.studyInstanceUid);
  const measured = own.map((facts) => ({
    facts,
    numbers: measureClip(facts, review.clips[facts.sopInstanceUid] ?? untouched(facts), options),
  }));
  const findings: Finding[] = readAgainFindings(study.readAgain, review.decision);
  if (own.length < clips.length) {
    findings.push({
      code: 'different-patients',
      severity: 'refusal',
      message: message('finding.different-patients', { count: clips.length - own.length }),
      sources: [],
    });
  }

  if (sharesStudyUid(study.studyInstanceUid)) {
    findings.push({
      code: 'different-patients',
      severity: 'warning',
      message: message('finding.different-patients.shared-uid'),
      sources: [],
    });
  }

  const stages = studyStages(own);
  const chosen = chosenStage(stages, review.stage);
  const stageOf = (uid: string): ClipStage | null =>
    stages.find(({ clips: members }) => members.includes(uid))?.stage ?? null;
  const candidates =
    stages.length === 0
      ? measured
      : measured.filter(({ facts }) => chosen?.clips.includes(facts.sopInstanceUid) ?? false);
  if (stages.length > 0 && chosen === null) findings.push(noRestingStage(stages));

  const pairing = pairOf(measured, candidates, review.pair, stageOf);
  const { biplane } = pairing;
  if (pairing.obstacle !== null) findings.push(obstacleFinding(pairing.obstacle, stageOf));

  let numbers: Measurement[];
  let used: MeasuredClip[];
  let spread: readonly Spread[];
  let beatPairs: readonly PairedBeats[] = [];
  if (biplane !== null) {
    const left = { facts: biplane.a4c.facts, beats: biplane.a4c.numbers.includedBeats };
    const right = { facts: biplane.a2c.facts, beats: biplane.a2c.numbers.includedBeats };
    const pairs = matchBeats(left.beats, right.beats);
    numbers = biplaneMeasurements(left, right, pairs);
    spread = spreadOf(pairs.flatMap((pair) => biplaneMeasurements(left, right, [pair])));
    beatPairs = pairs.map((pair) => ({ a4c: pair.a4c.index, a2c: pair.a2c.index }));
    used = [biplane.a4c, biplane.a2c];
    findings.push(...axisFindings(left.facts, right.facts, pairs, options.axisDifferenceLimitPercent));
    findings.push(...ejectionFindings(numbers, 'biplane-disks'));
  } else {
    const single = viewsByWorth.map((view) => chooseClip(candidates, view)).filter((clip) => clip !== null);
    // Of several clips whose views nobody knows none may stand for the study: it may be no apical view at all.
    const unknown = candidates.filter(
      ({ numbers }) => numbers.view.code === 'unknown' && numbers.includedBeats.length > 0,
    );
    const known =
      unknown.length > 1 ? single.filter(({ numbers }) => numbers.view.code !== 'unknown') : single;
    const best = known.find(isCalibrated) ?? known[0] ?? null;
    numbers = best === null ? [] : singlePlaneNumbers(best);
    used = best === null ? [] : [best];
    spread = best === null ? [] : singlePlane(best.numbers.spread);
    if (stages.length === 0 || chosen !== null) {
      const [a4c, a2c] = [chooseClip(candidates, 'a4c'), chooseClip(candidates, 'a2c')];
      // What stands against a biplane that could be has been said.
      const plain = pairing.obstacle === null || best === null;
      if (plain) findings.push(...planeFindings(best, a4c, a2c, unknown.length, chosen?.stage ?? null));
    }
  }

  const [first, ...others] = used.map(({ facts }) => stageOf(facts.sopInstanceUid));
  const stage =
    first === undefined
      ? (chosen?.stage ?? null)
      : others.every((other) => sameStage(other, first))
        ? first
        : null;
  const ofPatient = patientMeasurements(
    numbers,
    { statedBpm: statedHeartRate(used), measured: measuredHeartRate(used) },
    stages.length === 0 ? review.body : withoutFileHeartRate(review.body),
    options,
  );
  const beyond = used.filter((clip) => !candidates.some((one) => one === clip));
  const eligible: MeasuredClip[] = [...candidates, ...beyond];
  const obstacle = ({ a4c, a2c }: ClipPair): PairObstacle | null => pairObstacle(a4c, a2c, stageOf);
  const atrium = studyAtrium(eligible, used, biplane, obstacle);
  if (atrium.pair !== null) findings.push(...atrialAxisFindings(atrium.pair, atrium.pairs));
  const bodySurface = ofPatient.find(({ name }) => name === 'BSA')?.value ?? null;
  const ofContours = [
    ...numbers,
    ...ofPatient,
    ...studyStrain(eligible, used, obstacle),
    ...atrium.measurements,
    ...(bodySurface === null ? [] : indexedAtrium(atrium.measurements, bodySurface)),
  ];
  const distances = candidates.flatMap(({ facts }) =>
    namedDistances(facts, review.clips[facts.sopInstanceUid] ?? untouched(facts)),
  );
  const measurements = [...ofContours, ...distanceMeasurements(distances)];
  // Strain and atrium may rest on clips beyond those of EF; what a distance is of its reader has said.
  const restedOn = new Set(ofContours.flatMap(({ sources }) => sources.map((one) => one.sopInstanceUid)));
  findings.push(
    ...recognisedViewFindings(
      measured.filter((clip) => used.includes(clip) || restedOn.has(clip.facts.sopInstanceUid)),
    ),
  );
  const byClip = Object.fromEntries(measured.map(({ facts, numbers }) => [facts.sopInstanceUid, numbers]));
  findings.push(...signedFindings(review.decision, { measurements, clips: byClip }, own, options));
  return {
    clips: byClip,
    pair: biplane === null ? null : uidsOf(biplane),
    used: used.map(({ facts }) => facts.sopInstanceUid),
    stages,
    stage,
    atRest: stages.length === 0 || (stage !== null && sameStage(stage, restingStage(stages)?.stage ?? null)),
    ofChild: isChild(study),
    offeredPair:
      pairing.obstacle === null || biplane !== null
        ? null
        : { ...uidsOf(pairing.obstacle.pair), obstacle: pairing.obstacle.obstacle },
    measurements,
    spread: [...spread, ...spreadOf(singleDistances(distances))],
    beatPairs,
    findings: gravestFirst(findings),
  };
}

/** The stage that the reader chose where the study still has it, else the resting one. */
function chosenStage(stages: readonly StudyStage[], chosen: ClipStage | null): StudyStage | null {
  if (chosen === null) return restingStage(stages);
  const none = chosen.name === null && chosen.number === null;
  return (
    stages.find(({ stage }) => (stage === null ? none : sameStage(stage, chosen))) ?? restingStage(stages)
  );
}

interface Pairing {
  readonly biplane: ClipPair | null;
  /** What stands, or would stand without the reader's word, against a pair. */
  readonly obstacle: PairProblem | null;
}

/**
 * The pair that biplane rests on: the one that the reader named, else the best of one stage and like heart rates
 * among the stage's clips. Where there is none, the pair that only the reader's word could make.
 */
function pairOf(
  all: readonly MeasuredClip[],
  candidates: readonly MeasuredClip[],
  named: ChosenPair | null,
  stageOf: (uid: string) => ClipStage | null,
): Pairing {
  const obstacleOf = ({ a4c, a2c }: ClipPair): PairObstacle | null => pairObstacle(a4c, a2c, stageOf);
  const calibrated = (clips: readonly MeasuredClip[], view: 'a4c' | 'a2c'): MeasuredClip[] =>
    rankedClips(clips, view).filter(isCalibrated);
  const [a4c, a2c] = [calibrated(all, 'a4c'), calibrated(all, 'a2c')];
  const left = a4c.find(({ facts }) => facts.sopInstanceUid === named?.a4c);
  const right = a2c.find(({ facts }) => facts.sopInstanceUid === named?.a2c);
  if (left !== undefined && right !== undefined) {
    const biplane = { a4c: left, a2c: right };
    const obstacle = obstacleOf(biplane);
    return { biplane, obstacle: obstacle === null ? null : { pair: biplane, obstacle, accepted: true } };
  }
  const inStage = { a4c: calibrated(candidates, 'a4c'), a2c: calibrated(candidates, 'a2c') };
  const biplane = compatiblePair(inStage.a4c, inStage.a2c, obstacleOf);
  if (biplane !== null) return { biplane, obstacle: null };
  // One clip at least is of the stage that the numbers are of.
  const couldBe = [
    [inStage.a4c[0], inStage.a2c[0]],
    [inStage.a4c[0], a2c[0]],
    [a4c[0], inStage.a2c[0]],
  ] as const;
  for (const [one, other] of couldBe) {
    if (one === undefined || other === undefined) continue;
    const pair = { a4c: one, a2c: other };
    const obstacle = obstacleOf(pair);
    if (obstacle !== null) return { biplane: null, obstacle: { pair, obstacle, accepted: false } };
  }
  return { biplane: null, obstacle: null };
}

function uidsOf({ a4c, a2c }: ClipPair): ChosenPair {
  return { a4c: a4c.facts.sopInstanceUid, a2c: a2c.facts.sopInstanceUid };
}

const untouchedReviews = new WeakMap<ClipFacts, ReturnType<typeof initialClipReview>>();

/** One review object per clip that the study's review does not know, so that it is computed once. */
function untouched(facts: ClipFacts): ReturnType<typeof initialClipReview> {
  let review = untouchedReviews.get(facts);
  if (review === undefined) {
    review = initialClipReview(facts);
    untouchedReviews.set(facts, review);
  }
  return review;
}

function isCalibrated(clip: MeasuredClip): boolean {
  return clip.numbers.calibration !== null;
}

function singlePlaneNumbers(clip: MeasuredClip): Measurement[] {
  return singlePlane(clip.numbers.measurements.filter(({ beat }) => beat === null));
}

function singlePlane<T extends Pick<Measurement, 'name' | 'method'>>(numbers: readonly T[]): T[] {
  return numbers.filter(({ name, method }) => method === 'single-plane-disks' && studyNames.includes(name));
}

/** Mean over the clips used of the heart rate that their frame times give; null when none gives one. */
function measuredHeartRate(used: readonly MeasuredClip[]): Measurement | null {
  const rates = used.flatMap(({ numbers }) =>
    numbers.measurements.filter(({ name, beat }) => name === 'HR' && beat === null),
  );
  const first = rates[0];
  if (first === undefined) return null;
  return {
    ...first,
    value: rates.reduce((sum, rate) => sum + rate.value, 0) / rates.length,
    sources: rates.flatMap((rate) => rate.sources),
  };
}

/** Mean of the heart rates that the files of the clips used state; null when none does. */
function statedHeartRate(used: readonly MeasuredClip[]): number | null {
  const stated = used.flatMap(({ facts }) => (facts.heartRateBpm === null ? [] : [facts.heartRateBpm]));
  return stated.length === 0 ? null : stated.reduce((sum, rate) => sum + rate, 0) / stated.length;
}

/** Where a study has stages, a rate that some file of it states may be another stage's. */
function withoutFileHeartRate(body: Body): Body {
  return body.heartRateBpm?.source === 'file' ? { ...body, heartRateBpm: null } : body;
}
