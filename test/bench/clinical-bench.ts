import { measureStudy } from '../../core/assessment/measure-study.ts';
import type { StudyReview } from '../../core/review/review.ts';
import { movePoint } from '../../core/trace/edit.ts';
import { traceFromProbability } from '../../core/trace/from-probability.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  modelSource,
  options,
  studyFacts,
  studyReview,
} from '../unit/core/shapes.ts';
import { type BenchResult, quantile } from './result.ts';
import { cavityTraces, withTrace } from '../../core/review/traces.ts';
import { leftVentricularCavity } from '../../core/structure/structure.ts';

const rows = 456;
const columns = 576;
const frames = 65;

/** Milliseconds that the clinical core takes where a user waits for it: once a frame of a run, once a drag event. */
export async function runClinicalBench(): Promise<BenchResult[]> {
  return [fromProbability(), drag()];
}

function fromProbability(): BenchResult {
  const probability = softVentricle();
  const times = timed(60, () => {
    traceFromProbability(probability, rows, columns, { threshold: 0.5, source: modelSource });
  });
  return result('contour from a probability map, 456×576', 8, times);
}

/** One trace of a 65-frame clip moved, all numbers and findings of a biplane study computed again. */
function drag(): BenchResult {
  const study = studyFacts({ heightCm: 170, weightKg: 70 });
  const a4c = clipFacts({ frames });
  const a2c = clipFacts({ frames, sopInstanceUid: '1.2.3.2', view: { code: 'a2c', source: 'file' } });
  const clips = [a4c, a2c];
  const review = studyReview(study, [
    [a4c, clipReview(a4c, { traces: beatingTraces(frames, 25) })],
    [a2c, clipReview(a2c, { traces: beatingTraces(frames, 25, { diameter: 100 }) })],
  ]);
  measureStudy(study, clips, review, options);
  const clip = review.clips[a4c.sopInstanceUid]!;
  const original = cavityTraces(clip)[25]!;
  let step = 0;
  const times = timed(200, () => {
    const [x, y] = original.points[4]!;
    const moved = movePoint(original, 4, [x - 5 * Math.sin(step++ / 10), y]);
    const dragged: StudyReview = {
      ...review,
      clips: { ...review.clips, [a4c.sopInstanceUid]: withTrace(clip, leftVentricularCavity, 25, moved) },
    };
    measureStudy(study, clips, dragged, options);
  });
  return result('numbers of a biplane study after one drag event, 2 × 65 frames', 4, times);
}

function timed(repeats: number, work: () => void): number[] {
  for (let i = 0; i < 15; i++) work();
  return Array.from({ length: repeats }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
}

function result(name: string, targetMs: number, times: readonly number[]): BenchResult {
  const p95 = quantile(times, 0.95);
  return {
    name,
    target: `p95 < ${targetMs} ms`,
    measured: `p95 ${p95.toFixed(2)} ms, median ${quantile(times, 0.5).toFixed(2)} ms`,
    met: p95 < targetMs,
  };
}

/** A half ellipse whose border falls off over some pixels, as a model's map resized to the frame does. */
function softVentricle(): Float32Array {
  const probability = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const up = (360 - y) / 260;
      const radius = up > 0 && up < 1 ? 85 * Math.sqrt(1 - up * up) : 0;
      const inside = Math.min(radius - Math.abs(x - 290), 360 - y);
      probability[y * columns + x] = 1 / (1 + Math.exp(-inside / 2));
    }
  }
  return probability;
}
