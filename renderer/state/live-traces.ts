import type { SystolaEvent } from '../../core/api/events.ts';
import type { StudyReview } from '../../core/review/review.ts';
import { traceAt, tracesOf, withTraces } from '../../core/review/traces.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import { isByReader, type Trace } from '../../core/trace/trace.ts';

/** Contours that a run has sent and not yet recorded, by structure and frame; null where it found none. */
export type ClipLiveTraces = Readonly<Record<StructureId, Readonly<Record<number, Trace | null>>>>;

/** By clip. */
export type LiveTraces = Readonly<Record<string, ClipLiveTraces>>;

type TraceEvent = Extract<SystolaEvent, { type: 'trace' }>;

/** What was sent with one contour more. */
export function withSent(sent: ClipLiveTraces, { structure, frame, trace }: TraceEvent): ClipLiveTraces {
  return { ...sent, [structure]: { ...sent[structure], [frame]: trace as Trace | null } };
}

/** What was sent earlier and what was sent since, which replaces it. */
export function sentSince(earlier: ClipLiveTraces, later: ClipLiveTraces): ClipLiveTraces {
  const all: Record<StructureId, Readonly<Record<number, Trace | null>>> = { ...earlier };
  for (const [structure, traces] of Object.entries(later)) all[structure] = { ...all[structure], ...traces };
  return all;
}

/** The review with a run's contours as they arrive; what a person drew or corrected stays. */
export function withLiveTraces(review: StudyReview, live: LiveTraces): StudyReview {
  const uids = Object.keys(live).filter((uid) => review.clips[uid]);
  if (uids.length === 0) return review;
  const clips = { ...review.clips };
  for (const uid of uids) {
    let clip = review.clips[uid];
    if (!clip) continue;
    for (const [structure, sent] of Object.entries(live[uid] ?? {})) {
      const traces: Record<number, Trace> = { ...tracesOf(clip, structure) };
      for (const [key, trace] of Object.entries(sent)) {
        const frame = Number(key);
        const held = traceAt(clip, structure, frame);
        if (held && isByReader(held)) continue;
        if (trace) traces[frame] = trace;
        else delete traces[frame];
      }
      clip = withTraces(clip, structure, traces);
    }
    clips[uid] = clip;
  }
  return { ...review, clips };
}

/**
 * Contours of the runs that are going on, of every study: a window that is drawn anew, or that comes back to a study,
 * shows what was found meanwhile. The event stream begins with all of them; they go when their run ends.
 */
export class SentTraces {
  readonly #clips = new Map<string, Map<StructureId, Record<number, Trace | null>>>();

  note(event: SystolaEvent): void {
    switch (event.type) {
      case 'hello':
        this.#clips.clear();
        return;
      case 'run':
        if (event.run.state !== 'running') this.#clips.delete(event.run.sopInstanceUid);
        return;
      case 'trace': {
        const clip =
          this.#clips.get(event.sopInstanceUid) ?? new Map<StructureId, Record<number, Trace | null>>();
        const traces = clip.get(event.structure) ?? {};
        traces[event.frame] = event.trace as Trace | null;
        clip.set(event.structure, traces);
        this.#clips.set(event.sopInstanceUid, clip);
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
        const clip = this.#clips.get(uid);
        if (clip === undefined) return [];
        const copied = [...clip].map(([structure, traces]) => [structure, { ...traces }] as const);
        return [[uid, Object.fromEntries(copied)] as const];
      }),
    );
  }
}
