import type { SystolaEvent } from '../../core/api/events.ts';
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

/**
 * Contours of the runs that are going on, of every study: a window that is drawn anew, or that comes back to a study,
 * shows what was found meanwhile. The event stream begins with all of them; they go when their run ends.
 */
export class SentTraces {
  readonly #clips = new Map<string, Record<number, Trace | null>>();

  note(event: SystolaEvent): void {
    switch (event.type) {
      case 'hello':
        this.#clips.clear();
        return;
      case 'run':
        if (event.run.state !== 'running') this.#clips.delete(event.run.sopInstanceUid);
        return;
      case 'trace': {
        const traces = this.#clips.get(event.sopInstanceUid) ?? {};
        traces[event.frame] = event.trace;
        this.#clips.set(event.sopInstanceUid, traces);
        return;
      }
      default:
        return;
    }
  }

  /** What was found so far in those clips that are being run over. */
  of(sopInstanceUids: readonly string[]): LiveTraces {
    return Object.fromEntries(
      sopInstanceUids.flatMap((uid) => {
        const traces = this.#clips.get(uid);
        return traces ? [[uid, { ...traces }] as const] : [];
      }),
    );
  }
}
