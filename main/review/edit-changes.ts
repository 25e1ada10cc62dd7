import type { Body } from '../../core/body/body.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { clipPictures, sameBox } from '../../core/clip/pictures.ts';
import { SystolaError } from '../../core/error.ts';
import { mostMarks } from '../../core/mark/schema.ts';
import type { Edit } from '../../core/review/edit.ts';
import { initialReview } from '../../core/review/initial.ts';
import { foundByRun, type FoundByRun, recordersOf } from '../../core/review/model-contour.ts';
import type { Change, Decision } from '../../core/review/review.ts';
import { sameValue } from '../../core/review/same-value.ts';
import type { TracePlace } from '../../core/review/traces.ts';
import { structureOf } from '../../core/structure/structure.ts';
import { isByReader, type Trace } from '../../core/trace/trace.ts';
import type { OpenStudy } from '../library/open-studies.ts';

/**
 * The changes to record for what a request asks: only what fits the study's clips. Decisions are still to be signed.
 *
 * @param isOfPatient whether another study is of the same patient
 * @throws SystolaError `bad-request` when an edit names no clip or frame of the study, or says what only a run or a
 *   file can say
 */
export function changesOf(
  open: OpenStudy,
  edits: readonly Edit[],
  isOfPatient: (studyInstanceUid: string) => boolean,
): Change[] {
  const clips = new Map(open.clips.map((clip) => [clip.sopInstanceUid, clip]));
  const isRecorded = recordedContours(open);
  return edits.map((edit): Change => {
    if (edit.slot === 'decision') {
      // The state that it was made on is compared; by whom and when that was, the library knows better.
      const { decision } = open.review;
      const before = edit.before.state === decision.state ? decision : asBefore(edit.before.state);
      const { state, reason } = edit.after;
      return { slot: 'decision', before, after: unsigned(state, reason) };
    }
    if (edit.slot === 'body') {
      refuseInventedFacts(open, edit.after as Body);
      return edit as Change;
    }
    if (edit.slot === 'stage') return edit;
    if (edit.slot === 'prior') {
      if (edit.after !== null && !isOfPatient(edit.after)) {
        throw new SystolaError(
          'bad-request',
          'A study is compared with another of the same patient alone. Say first that both are the same patient’s.',
        );
      }
      return edit;
    }
    if (edit.slot === 'text') return edit as Change;
    if (edit.slot === 'pair') {
      const named = edit.after === null ? [] : [edit.after.a4c, edit.after.a2c];
      if (named.some((uid) => !clips.has(uid)) || new Set(named).size !== named.length) {
        throw new SystolaError('bad-request', 'A biplane is made of two clips of the study.');
      }
      return edit;
    }
    const clip = clips.get(edit.sopInstanceUid);
    if (clip === undefined) {
      throw new SystolaError('bad-request', 'The change names a clip that the study does not have.');
    }
    if (edit.slot === 'picture') {
      const { after } = edit;
      if (after !== null && !clipPictures(clip).some(({ box }) => sameBox(box, after))) {
        throw new SystolaError('bad-request', 'The clip shows no picture in this place.', clip.fileName);
      }
    }
    const frames =
      edit.slot === 'trace'
        ? [edit.frame]
        : edit.slot === 'beats'
          ? (edit.after ?? []).flatMap((beat) => [beat.edFrame, beat.esFrame, beat.nextEdFrame ?? 0])
          : edit.slot === 'excludedBeats'
            ? (edit.after ?? [])
            : edit.slot === 'mark'
              ? [edit.after?.frame ?? 0]
              : [];
    if (frames.some((frame) => frame >= clip.frames)) {
      throw new SystolaError(
        'bad-request',
        'The change names a frame that the clip does not have.',
        clip.fileName,
      );
    }
    if (edit.slot === 'mark' && edit.before === null) refuseTooManyMarks(open, edits, clip);
    if (edit.slot === 'trace' && edit.after !== null) {
      if (structureOf(edit.structure) === null) {
        throw new SystolaError(
          'bad-request',
          `The change draws a structure that is not known: ${edit.structure}.`,
          clip.fileName,
        );
      }
      refuseInventedContour(isRecorded, edit, edit.after as Trace, clip.fileName);
    }
    return edit as Change;
  });
}

/** What a clip carries is drawn, listed and printed whole. */
function refuseTooManyMarks(open: OpenStudy, edits: readonly Edit[], clip: ClipFacts): void {
  const { sopInstanceUid, fileName } = clip;
  const there = Object.keys(open.review.clips[sopInstanceUid]?.marks ?? {}).length;
  const more = edits.filter(
    (edit) => edit.slot === 'mark' && edit.sopInstanceUid === sopInstanceUid && edit.before === null,
  ).length;
  if (there + more <= mostMarks) return;
  throw new SystolaError(
    'bad-request',
    `A clip carries at most ${mostMarks} distances and notes. Delete some of them first.`,
    fileName,
  );
}

/** By whom and when comes with the signature. */
function unsigned(state: Decision['state'], reason?: string): Decision {
  if (state === 'pending') return { state };
  return { state, at: '', by: '', ...(reason === undefined ? {} : { reason }) };
}

/** A decision of this state that the study does not have: the conflict is found where the change is applied. */
function asBefore(state: Decision['state']): Decision {
  return unsigned(state);
}

/**
 * "By the model" is what a run has recorded, and "propagated" what a propagation has: an edit may put such a contour
 * back, on its own frame and as it was, and nothing else under that name.
 */
function refuseInventedContour(
  isRecorded: (place: TracePlace, trace: Trace) => boolean,
  place: TracePlace,
  trace: Trace,
  fileName: string,
): void {
  if (isByReader(trace)) {
    if (trace.confidence === null) return;
    throw new SystolaError(
      'bad-request',
      "A contour that a person drew or changed has no model's confidence.",
      fileName,
    );
  }
  if (!isRecorded(place, trace)) {
    throw new SystolaError(
      'bad-request',
      'Only a run records contours as made by a model, and a propagation those that follow a correction; this is none that one made on this frame.',
      fileName,
    );
  }
}

/** Whether a run or a propagation has recorded just this contour on its place. A revision is read once for all places. */
function recordedContours(open: OpenStudy): (place: TracePlace, trace: Trace) => boolean {
  const read = new Map<number, ReadonlyMap<string, readonly FoundByRun[]>>();
  const keyOf = ({ sopInstanceUid, structure, frame }: TracePlace): string =>
    JSON.stringify([sopInstanceUid, structure, frame]);
  const contoursOf = (id: number): ReadonlyMap<string, readonly FoundByRun[]> => {
    let contours = read.get(id);
    if (contours === undefined) {
      contours = Map.groupBy(foundByRun(open.revision(id).changes), keyOf);
      read.set(id, contours);
    }
    return contours;
  };
  return (place, trace) =>
    recordersOf(open.history, place).some((id) =>
      contoursOf(id)
        .get(keyOf(place))
        ?.some((found) => sameValue(found.trace, trace)),
    );
}

/** "By the file" is what the file says, or what stands there as such already. */
function refuseInventedFacts(open: OpenStudy, body: Body): void {
  const known = [open.review.body, initialReview(open.facts, open.clips).body];
  for (const key of ['sex', 'heightCm', 'weightKg', 'heartRateBpm'] as const) {
    const entry = body[key];
    if (entry?.source === 'file' && !known.some((one) => sameValue(one[key], entry))) {
      throw new SystolaError(
        'bad-request',
        'The change calls a value one of the file that the file does not have.',
      );
    }
  }
}
