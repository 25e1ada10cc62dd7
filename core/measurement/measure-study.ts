import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import { sharesStudyUid } from '../clip/study-key.ts';
import { gravestFirst } from '../finding/clip-findings.ts';
import { ejectionFindings } from '../finding/ejection-findings.ts';
import type { Finding } from '../finding/finding.ts';
import { readAgainFindings } from '../finding/read-again-findings.ts';
import { axisFindings, planeFindings } from '../finding/study-findings.ts';
import { initialClipReview } from '../review/initial.ts';
import type { StudyReview } from '../review/review.ts';
import { biplaneMeasurements, matchBeats } from './biplane.ts';
import { type AnalysedClip, chooseClip } from './choose-clip.ts';
import { analyseClip, type ClipMeasurements } from './measure-clip.ts';
import type { MeasureOptions } from './measure-options.ts';
import type { Measurement, MeasurementName } from './measurement.ts';
import { patientMeasurements } from './patient-measurements.ts';

/** Everything that is derived from the contours of a study. */
export interface StudyMeasurements {
  /** By SOP Instance UID. */
  readonly clips: Readonly<Record<string, ClipMeasurements>>;
  /** The two clips that biplane rests on; null where it is not possible. */
  readonly pair: { readonly a4c: string; readonly a2c: string } | null;
  /** The study's numbers: biplane where possible, else of the best single plane (its `view` says which). */
  readonly measurements: readonly Measurement[];
  readonly findings: readonly Finding[];
}

/** Views that may stand for the study when there is no biplane, the best first. */
const singlePlaneViews = ['a4c', 'a2c', 'a3c', 'unknown'] as const;
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
  const analysed: AnalysedClip[] = own.map((facts) => {
    const clipReview = review.clips[facts.sopInstanceUid] ?? untouched(facts);
    return { facts, review: clipReview, analysis: analyseClip(facts, clipReview, options) };
  });
  const findings: Finding[] = readAgainFindings(study.readAgain, review.decision);
  if (own.length < clips.length) {
    findings.push({
      code: 'different-patients',
      severity: 'refusal',
      message: `${clips.length - own.length} of the clips belong to another study and are not combined with this one. Open them with their own study.`,
      sources: [],
    });
  }

  if (sharesStudyUid(study.studyInstanceUid)) {
    findings.push({
      code: 'different-patients',
      severity: 'warning',
      message:
        'The files of this patient carry the Study Instance UID of another patient: the two are kept apart and never combined. Check that each file has the right patient.',
      sources: [],
    });
  }

  const a4c = chooseClip(analysed, 'a4c');
  const a2c = chooseClip(analysed, 'a2c');
  const biplane =
    a4c !== null && a2c !== null && isCalibrated(a4c) && isCalibrated(a2c) ? { a4c, a2c } : null;

  let numbers: Measurement[];
  let used: AnalysedClip[];
  if (biplane !== null) {
    const left = { facts: biplane.a4c.facts, beats: biplane.a4c.analysis.measuredBeats };
    const right = { facts: biplane.a2c.facts, beats: biplane.a2c.analysis.measuredBeats };
    const pairs = matchBeats(left.beats, right.beats);
    numbers = biplaneMeasurements(left, right, pairs);
    used = [biplane.a4c, biplane.a2c];
    findings.push(...axisFindings(left.facts, right.facts, pairs, options.axisDifferenceLimitPercent));
    findings.push(...ejectionFindings(numbers, 'biplane-disks'));
  } else {
    const single = singlePlaneViews.map((view) => chooseClip(analysed, view)).filter((clip) => clip !== null);
    // Of several clips whose views nobody knows none may stand for the study: it may be no apical view at all.
    const unknown = analysed.filter(
      ({ review, analysis }) => review.view.code === 'unknown' && analysis.measuredBeats.length > 0,
    );
    const known = unknown.length > 1 ? single.filter(({ review }) => review.view.code !== 'unknown') : single;
    const best = known.find(isCalibrated) ?? known[0] ?? null;
    numbers = best === null ? [] : singlePlaneNumbers(best);
    used = best === null ? [] : [best];
    findings.push(...planeFindings(best, a4c, a2c, unknown.length));
  }

  return {
    clips: Object.fromEntries(analysed.map(({ facts, analysis }) => [facts.sopInstanceUid, analysis])),
    pair:
      biplane === null
        ? null
        : { a4c: biplane.a4c.facts.sopInstanceUid, a2c: biplane.a2c.facts.sopInstanceUid },
    measurements: [
      ...numbers,
      ...patientMeasurements(numbers, measuredHeartRate(used), review.body, options),
    ],
    findings: gravestFirst(findings),
  };
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

function isCalibrated(clip: AnalysedClip): boolean {
  return clip.analysis.calibration !== null;
}

function singlePlaneNumbers(clip: AnalysedClip): Measurement[] {
  return clip.analysis.measurements.filter(
    ({ name, method, beat }) => beat === null && method === 'single-plane-disks' && studyNames.includes(name),
  );
}

/** Mean over the clips used of the heart rate that their frame times give; null when none gives one. */
function measuredHeartRate(used: readonly AnalysedClip[]): Measurement | null {
  const rates = used.flatMap(({ analysis }) =>
    analysis.measurements.filter(({ name, beat }) => name === 'HR' && beat === null),
  );
  const first = rates[0];
  if (first === undefined) return null;
  return {
    ...first,
    value: rates.reduce((sum, rate) => sum + rate.value, 0) / rates.length,
    sources: rates.flatMap((rate) => rate.sources),
  };
}
