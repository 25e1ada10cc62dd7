import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { distance } from '../../../core/geometry/polygon.ts';
import { propagationChanges } from '../../../core/propagation/propagation-changes.ts';
import { applyChanges, invertChanges } from '../../../core/review/apply.ts';
import { backToModel } from '../../../core/review/model-contour.ts';
import type { ClipReview, PropagationRecord, StudyReview } from '../../../core/review/review.ts';
import { runChanges } from '../../../core/review/run-changes.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { endingOn } from '../../../core/trace/shared-ends.ts';
import type { LandmarkedTrace, TraceSource } from '../../../core/trace/trace.ts';
import { revision } from './revisions.ts';
import { clipFacts, clipReview, finishedRun, halfEllipse, modelSource, traceOf } from './shapes.ts';

const facts = clipFacts({ frames: 5 });
const uid = facts.sopInstanceUid;
const base: Point = [250, 300];
const cavity = traceOf(halfEllipse(80, 140, base), { source: modelSource, confidence: 0.8 });
/** As a model draws them: from hinge to hinge. */
const onHinges = (trace: LandmarkedTrace) => endingOn(trace, cavity);
const wall = onHinges(traceOf(halfEllipse(110, 160, base), { source: modelSource, confidence: 0.7 }));
const atrium = onHinges(
  traceOf(
    halfEllipse(84, 90, base).map(([x, y]): Point => [x, 2 * base[1] - y]),
    { source: modelSource, confidence: 0.6 },
  ),
);
const shifted = (trace: LandmarkedTrace, dx: number, source: TraceSource): LandmarkedTrace => ({
  ...trace,
  points: trace.points.map(([x, y]): Point => [x + dx, y + dx / 2]),
  source,
});
const edited = { kind: 'edited', from: 'model' } as const;
const following = (...from: number[]): TraceSource => ({
  ...modelSource,
  kind: 'propagated',
  from,
  way: 'displacement',
});
const ends = ({ points }: LandmarkedTrace) => [points[0], points.at(-1)];

describe('a contour that ends on another one’s hinges', () => {
  it('has them exactly as its ends, is else where it was far from them, and is still whose it was', () => {
    const moved = endingOn(wall, shifted(cavity, 6, modelSource));
    expect(ends(moved)).toEqual(ends(shifted(cavity, 6, modelSource)));
    expect(moved.points[wall.apexIndex]).toEqual(wall.points[wall.apexIndex]);
    expect(moved).toMatchObject({ source: modelSource, confidence: 0.7, apexIndex: wall.apexIndex });
    expect(traceProblem(moved)).toBeNull();
  });

  it('keeps its direction, and is the same where it ends there already', () => {
    const points = wall.points.toReversed();
    const turned = { ...wall, points, apexIndex: points.length - 1 - wall.apexIndex };
    const other = shifted(cavity, 6, modelSource);
    expect(ends(endingOn(turned, other))).toEqual(ends(other).reverse());
    const there = endingOn(wall, other);
    expect(endingOn(there, other)).toBe(there);
  });

  it('stays where it would be no contour that way', () => {
    const far = shifted(cavity, 0, modelSource);
    const crossed = { ...far, points: far.points.map((_, i, all): Point => (i === 0 ? [250, 20] : all[i]!)) };
    const after = endingOn(atrium, crossed);
    expect(traceProblem(after)).toBeNull();
  });
});

describe('ends of wall and atrium', () => {
  const model = { 'lv-cavity': cavity, 'lv-wall': wall, 'left-atrium': atrium };
  const frames = [0, 1, 2];
  const drawnByRun = new Map(
    Object.entries(model).map(([structure, trace]) => [
      structure,
      new Map(frames.map((frame) => [frame, trace])),
    ]),
  );
  const empty = clipReview(facts, { traces: {} });
  const reviewOf = (clip: ClipReview) => ({ clips: { [uid]: clip } }) as unknown as StudyReview;
  const run = revision(1, 'run', runChanges(uid, empty, drawnByRun, finishedRun));
  const drawn = applyChanges(reviewOf(empty), run.changes).clips[uid]!;
  const corrected: ClipReview = {
    ...drawn,
    traces: { ...drawn.traces, 'lv-cavity': { ...drawn.traces['lv-cavity'], 0: shifted(cavity, 8, edited) } },
  };
  const record: PropagationRecord = {
    structure: 'lv-cavity',
    way: 'displacement',
    anchors: [0],
    range: { from: 1, to: 2 },
    model: 'test',
    sha256: modelSource.sha256,
  };
  const carried = new Map([
    [1, shifted(cavity, 6, following(0))],
    [2, shifted(cavity, 4, following(0))],
  ]);
  const at = (clip: ClipReview, structure: keyof typeof model, frame: number) =>
    clip.traces[structure]![frame] as LandmarkedTrace;

  it('follow a cavity that a propagation moves, and say so; all in one step that is taken back', () => {
    const changes = propagationChanges(uid, corrected, carried, record);
    const after = applyChanges(reviewOf(corrected), changes).clips[uid]!;
    for (const frame of [1, 2]) {
      for (const structure of ['lv-wall', 'left-atrium'] as const) {
        const trace = at(after, structure, frame);
        expect(ends(trace)).toEqual(ends(at(after, 'lv-cavity', frame)));
        expect(trace.source).toEqual(following(0));
        expect(trace.confidence).toBe(model[structure].confidence);
      }
    }
    expect(at(after, 'lv-wall', 0)).toEqual(wall);
    expect(applyChanges(reviewOf(after), invertChanges(changes)).clips[uid]).toEqual(corrected);

    // What the model drew comes back with the correction of the cavity.
    const back = backToModel([run], uid, after, [{ structure: 'lv-cavity', frame: 0 }]);
    expect(applyChanges(reviewOf(after), back).clips[uid]!.traces).toEqual(drawn.traces);
  });

  it('follow a cavity that goes back alone, where they themselves follow another correction that stands', () => {
    const wallToo: ClipReview = {
      ...corrected,
      traces: {
        ...corrected.traces,
        'lv-wall': { ...corrected.traces['lv-wall'], 0: shifted(wall, 8, edited) },
      },
    };
    const moved = applyChanges(reviewOf(wallToo), propagationChanges(uid, wallToo, carried, record)).clips[
      uid
    ]!;
    const own: ClipReview = {
      ...moved,
      traces: {
        ...moved.traces,
        'lv-wall': { ...moved.traces['lv-wall'], 1: { ...at(moved, 'lv-wall', 1), source: following(0) } },
      },
    };
    const back = backToModel([run], uid, own, [{ structure: 'lv-cavity', frame: 0 }]);
    const after = applyChanges(reviewOf(own), back).clips[uid]!;
    expect(at(after, 'lv-cavity', 1)).toEqual(cavity);
    expect(ends(at(after, 'lv-wall', 1))).toEqual(ends(cavity));
    expect(at(after, 'lv-wall', 1).source.kind).toBe('propagated');
    // What the reader drew stays where it is.
    expect(at(after, 'lv-wall', 0)).toEqual(shifted(wall, 8, edited));
  });

  it('stay where a person drew them', () => {
    const byHand: ClipReview = {
      ...corrected,
      traces: {
        ...corrected.traces,
        'lv-wall': { ...corrected.traces['lv-wall'], 1: { ...wall, source: edited } },
      },
    };
    const after = applyChanges(reviewOf(byHand), propagationChanges(uid, byHand, carried, record)).clips[
      uid
    ]!;
    expect(at(after, 'lv-wall', 1)).toEqual({ ...wall, source: edited });
    expect(ends(at(after, 'left-atrium', 1))).toEqual(ends(at(after, 'lv-cavity', 1)));
  });

  it('are on the hinges of a cavity that a run keeps, and of the model’s on other frames', () => {
    const newer = new Map(
      Object.entries(model).map(([structure, trace]) => [
        structure,
        new Map(frames.map((frame) => [frame, shifted(trace, -3, modelSource)])),
      ]),
    );
    const after = applyChanges(reviewOf(corrected), runChanges(uid, corrected, newer, finishedRun)).clips[
      uid
    ]!;
    expect(at(after, 'lv-cavity', 0)).toEqual(shifted(cavity, 8, edited));
    for (const structure of ['lv-wall', 'left-atrium'] as const) {
      expect(ends(at(after, structure, 0))).toEqual(ends(at(after, 'lv-cavity', 0)));
      expect(at(after, structure, 1)).toEqual(shifted(model[structure], -3, modelSource));
      const apex = model[structure].apexIndex;
      const far = shifted(model[structure], -3, modelSource).points[apex]!;
      expect(distance(at(after, structure, 0).points[apex]!, far)).toBeLessThan(1);
    }
  });
});
