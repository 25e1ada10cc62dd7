import type { ClipStage } from '../../core/clip/clip.ts';
import { removedMoment } from '../../core/deidentify/removed-date.ts';
import type { Body } from '../../core/body/body.ts';
import { type Marks, renamed } from '../../core/mark/mark.ts';
import type { HistoryEntry } from '../../core/review/history-entry.ts';
import type { ClipReview, Decision, RunRecord, StudyReview } from '../../core/review/review.ts';
import type { SignedResult } from '../../core/review/signed-result.ts';
import type { IdentityMap } from './identity-map.ts';

const sexTag = 0x0010_0040;
const sizeTag = 0x0010_1020;
const weightTag = 0x0010_1030;

/** What was said of a study as it may leave: readers by an alias, their words not at all. */
export function pseudonymisedReview(
  review: StudyReview,
  map: IdentityMap,
  harmlessStage: (stage: ClipStage | null) => ClipStage | null,
): StudyReview {
  const { pair } = review;
  return {
    studyInstanceUid: map.studyInstanceUid(review.studyInstanceUid),
    body: pseudonymisedBody(review.body, map),
    decision: pseudonymisedDecision(review.decision, map),
    stage: harmlessStage(review.stage),
    pair: pair === null ? null : { a4c: map.sopInstanceUid(pair.a4c), a2c: map.sopInstanceUid(pair.a2c) },
    clips: Object.fromEntries(
      Object.entries(review.clips).map(([uid, clip]) => [
        map.sopInstanceUid(uid),
        pseudonymisedClipReview(clip),
      ]),
    ),
    // What somebody wrote may name anybody.
    texts: {},
    // They are documents of others, which do not leave.
    readings: [],
    // Nor does another study of the patient.
    prior: null,
  };
}

function pseudonymisedBody({ sex, heightCm, weightKg, heartRateBpm }: Body, map: IdentityMap): Body {
  return {
    sex: map.keeps(sexTag) ? sex : { value: 'unknown', source: sex.source },
    heightCm: map.keeps(sizeTag) ? heightCm : null,
    weightKg: map.keeps(weightTag) ? weightKg : null,
    heartRateBpm,
  };
}

function pseudonymisedDecision(decision: Decision, map: IdentityMap): Decision {
  if (decision.state === 'pending') return { state: 'pending' };
  const { state, by, signed } = decision;
  // Numbers by body surface are others without a body: they would all seem to have changed since the signature.
  const isWhole = map.keeps(sizeTag) && map.keeps(weightTag);
  return {
    state,
    at: removedMoment,
    by: map.person(by),
    ...(signed === undefined || !isWhole ? {} : { signed: pseudonymisedSignature(signed, map) }),
  };
}

function pseudonymisedSignature(signed: SignedResult, map: IdentityMap): SignedResult {
  // Without whom it was signed for, and without words of the reader.
  // Without whom it was signed for.
  const { version, replaces, head, software, options, models, measurements } = signed;
  return {
    ...{ version, replaces, head, software, options, models, measurements },
    used: signed.used.map(map.sopInstanceUid),
    clips: signed.clips.map((clip) => ({ ...clip, sopInstanceUid: map.sopInstanceUid(clip.sopInstanceUid) })),
  };
}

function pseudonymisedClipReview(clip: ClipReview): ClipReview {
  return {
    view: clip.view,
    recognition: clip.recognition,
    ruler: clip.ruler,
    picture: clip.picture,
    traces: clip.traces,
    beats: clip.beats,
    excludedBeats: clip.excludedBeats,
    marks: wordlessMarks(clip.marks),
    run: clip.run === null ? null : pseudonymisedRun(clip.run),
    propagation: clip.propagation,
  };
}

/**
 * Distances, those with a name of the list by that name. A note is a reader's own words, and so is what they call a distance
 * otherwise: such words may name anybody, not only whom the file names.
 */
const wordlessMarks = (marks: Marks): Marks =>
  Object.fromEntries(
    Object.entries(marks).flatMap(([id, mark]) =>
      mark.kind === 'note'
        ? []
        : [[id, renamed(mark, mark.name === undefined ? {} : { name: mark.name })] as const],
    ),
  );

/** The hash of the file would tell it from all others to whoever has the original. */
function pseudonymisedRun(run: RunRecord): RunRecord {
  const kept: { -readonly [Field in keyof RunRecord]: RunRecord[Field] } = { ...run };
  delete kept.fileSha256;
  return kept;
}

export function pseudonymisedHistory(history: readonly HistoryEntry[], map: IdentityMap): HistoryEntry[] {
  return history.map(({ id, author, kind, target, slots, clips, signature }) => ({
    id,
    at: removedMoment,
    author: map.person(author),
    kind,
    label: kind,
    target,
    slots,
    clips: clips.map((clip) => ({ ...clip, sopInstanceUid: map.sopInstanceUid(clip.sopInstanceUid) })),
    ...(signature === undefined
      ? {}
      : { signature: { ...signature, at: removedMoment, by: map.person(signature.by), reason: null } }),
  }));
}
