import type { Body } from '../body/body.ts';
import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import type { ClipReview, StudyReview } from './review.ts';

/** A clip's review before anybody, person or model, has said anything: only what the file says. */
export function initialClipReview(clip: ClipFacts): ClipReview {
  return {
    view: clip.view,
    recognition: null,
    ruler: null,
    picture: null,
    traces: {},
    beats: null,
    excludedBeats: null,
    marks: {},
    run: null,
    propagation: null,
  };
}

/**
 * The review of a study before its first revision. The heart rate is the study's, else that of the first
 * clip that states one.
 */
export function initialReview(study: StudyFacts, clips: readonly ClipFacts[]): StudyReview {
  return {
    studyInstanceUid: study.studyInstanceUid,
    body: initialBody(study, clips),
    decision: { state: 'pending' },
    stage: null,
    pair: null,
    readings: [],
    prior: null,
    texts: {},
    clips: Object.fromEntries(clips.map((clip) => [clip.sopInstanceUid, initialClipReview(clip)])),
  };
}

function initialBody(study: StudyFacts, clips: readonly ClipFacts[]): Body {
  const heartRate =
    study.heartRateBpm ?? clips.find((clip) => clip.heartRateBpm !== null)?.heartRateBpm ?? null;
  return {
    sex: { value: study.patient.sex, source: 'file' },
    heightCm: fromFile(study.heightCm),
    weightKg: fromFile(study.weightKg),
    heartRateBpm: fromFile(heartRate),
  };
}

function fromFile(value: number | null): { value: number; source: 'file' } | null {
  return value === null || !(value > 0) ? null : { value, source: 'file' };
}
