import { frameNumber } from '../wording/frame-number.ts';
import { SystolaError } from '../error.ts';
import type { StructureId } from '../structure/structure.ts';
import type { Mark, Marks } from '../mark/mark.ts';
import type { Trace } from '../trace/trace.ts';
import type { ReportField } from './report-field.ts';
import type { Change, ClipReview, ReportText, StudyReview } from './review.ts';
import { sameValue } from './same-value.ts';
import { traceAt, tracesOf, withTraces } from './traces.ts';

/**
 * The review after `changes`, in order; the given review is left as it is, and whatever no change touches
 * keeps its identity, so that what was computed from it stays valid.
 *
 * @throws SystolaError `revision-conflict` when a change's `before` is not what the review holds, or names a
 *   clip that the review does not have. Nothing is applied then.
 */
export function applyChanges(review: StudyReview, changes: readonly Change[]): StudyReview {
  let { body, decision, stage, pair, readings, prior, texts } = review;
  const touched = new Map<string, Touched>();

  const clipOf = (uid: string): Touched => {
    let entry = touched.get(uid);
    if (entry === undefined) {
      const clip = review.clips[uid];
      if (clip === undefined) throw conflict(`The study has no clip ${uid}.`);
      entry = { clip, traces: new Map() };
      touched.set(uid, entry);
    }
    return entry;
  };

  for (const change of changes) {
    switch (change.slot) {
      case 'body':
        expect(change, body);
        body = change.after;
        break;
      case 'decision':
        // A window learns only from the library by whom and when; its next edit may be on its way by then.
        if (change.before.state !== decision.state) throw changedMeanwhile(change);
        decision = change.after;
        break;
      case 'stage':
        expect(change, stage);
        stage = change.after;
        break;
      case 'pair':
        expect(change, pair);
        pair = change.after;
        break;
      case 'readings':
        expect(change, readings);
        readings = change.after;
        break;
      case 'prior':
        expect(change, prior);
        prior = change.after;
        break;
      case 'text':
        expect(change, texts[change.field] ?? null);
        texts = withText(texts, change.field, change.after);
        break;
      case 'trace': {
        const entry = clipOf(change.sopInstanceUid);
        let traces = entry.traces.get(change.structure);
        if (traces === undefined) {
          traces = { ...tracesOf(entry.clip, change.structure) };
          entry.traces.set(change.structure, traces);
        }
        expect(change, traces[change.frame] ?? null);
        if (change.after === null) delete traces[change.frame];
        else traces[change.frame] = change.after;
        break;
      }
      case 'mark': {
        const entry = clipOf(change.sopInstanceUid);
        expect(change, entry.clip.marks[change.id] ?? null);
        entry.clip = { ...entry.clip, marks: withMark(entry.clip.marks, change.id, change.after) };
        break;
      }
      case 'beats':
      case 'excludedBeats':
      case 'view':
      case 'recognition':
      case 'ruler':
      case 'picture':
      case 'run':
      case 'propagation': {
        const entry = clipOf(change.sopInstanceUid);
        expect(change, entry.clip[change.slot]);
        entry.clip = { ...entry.clip, [change.slot]: change.after };
        break;
      }
    }
  }

  if (touched.size === 0) return { ...review, body, decision, stage, pair, readings, prior, texts };
  const clips = { ...review.clips };
  for (const [uid, { clip, traces }] of touched) {
    clips[uid] = [...traces].reduce(
      (after, [structure, frames]) => withTraces(after, structure, frames),
      clip,
    );
  }
  return { ...review, body, decision, stage, pair, readings, prior, texts, clips };
}

/** True when the review holds the outcome of every change already. */
export function isApplied(review: StudyReview, changes: readonly Change[]): boolean {
  return changes.every((change) => {
    switch (change.slot) {
      case 'decision':
        // By whom and when is the library's word.
        return change.after.state === review.decision.state;
      case 'body':
      case 'stage':
      case 'pair':
      case 'readings':
      case 'prior':
        return sameValue(change.after, review[change.slot]);
      case 'text':
        return sameValue(change.after, review.texts[change.field] ?? null);
      case 'trace':
        return sameValue(
          change.after,
          traceAt(review.clips[change.sopInstanceUid], change.structure, change.frame),
        );
      case 'mark':
        return sameValue(change.after, review.clips[change.sopInstanceUid]?.marks[change.id] ?? null);
      case 'beats':
      case 'excludedBeats':
      case 'view':
      case 'recognition':
      case 'ruler':
      case 'picture':
      case 'run':
      case 'propagation':
        return sameValue(change.after, review.clips[change.sopInstanceUid]?.[change.slot] ?? null);
    }
  });
}

/** The changes that take `changes` back: the last first, before and after exchanged. */
export function invertChanges(changes: readonly Change[]): Change[] {
  return changes
    .toReversed()
    .map((change) => ({ ...change, before: change.after, after: change.before }) as Change);
}

/**
 * The changes to record for `changes` made on `review`: a study that was accepted or rejected goes back to
 * pending with them, unless they decide anew themselves.
 */
export function withDecisionReset(review: StudyReview, changes: readonly Change[]): Change[] {
  const decides = changes.some((change) => change.slot === 'decision');
  if (changes.length === 0 || decides || review.decision.state === 'pending') return [...changes];
  return [...changes, { slot: 'decision', before: review.decision, after: { state: 'pending' } }];
}

function withText(
  texts: StudyReview['texts'],
  field: ReportField,
  text: ReportText | null,
): StudyReview['texts'] {
  const after: { -readonly [Field in ReportField]?: ReportText } = { ...texts };
  if (text === null) delete after[field];
  else after[field] = text;
  return after;
}

/** A clip that changes go to, with the contours of those structures that they touch. */
interface Touched {
  clip: ClipReview;
  readonly traces: Map<StructureId, Record<number, Trace>>;
}

function withMark(marks: Marks, id: string, mark: Mark | null): Marks {
  const { [id]: _before, ...others } = marks;
  return mark === null ? others : { ...others, [id]: mark };
}

function expect(change: Change, current: unknown): void {
  if (!sameValue(change.before, current)) throw changedMeanwhile(change);
}

function changedMeanwhile(change: Change): SystolaError {
  const where = 'sopInstanceUid' in change ? ` of clip ${change.sopInstanceUid}` : '';
  const frame = change.slot === 'trace' ? `, frame ${frameNumber(change.frame)}` : '';
  return conflict(
    `The ${change.slot}${where}${frame} has changed meanwhile. Reload the study and try again.`,
  );
}

function conflict(message: string): SystolaError {
  return new SystolaError('revision-conflict', message);
}
