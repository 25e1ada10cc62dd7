import type { StudyReview } from '../../core/review/review.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** Contours that a run has sent and not yet recorded, by clip and frame; null where it found none. */
export type LiveTraces = Readonly<Record<string, Readonly<Record<number, Trace | null>>>>;

/** The review with a run's contours as they arrive; what a person drew or corrected stays. */
export function withLiveTraces(review: StudyReview, live: LiveTraces): StudyReview {
  const uids = Object.keys(live).filter((uid) => review.clips[uid]);
  if (uids.length === 0) return review;
  const clips = { ...review.clips };
  for (const uid of uids) {
    const clip = review.clips[uid];
    if (!clip) continue;
    const traces: Record<number, Trace> = { ...clip.traces };
    for (const [key, trace] of Object.entries(live[uid] ?? {})) {
      const frame = Number(key);
      const held = traces[frame];
      if (held && held.source.kind !== 'model') continue;
      if (trace) traces[frame] = trace;
      else delete traces[frame];
    }
    clips[uid] = { ...clip, traces };
  }
  return { ...review, clips };
}
