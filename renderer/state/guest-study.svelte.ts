import type { StudyDocument, RunState } from '../../core/api/requests.ts';
import { measureStudy, type StudyMeasurements } from '../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import type { ClipReview, StudyReview } from '../../core/review/review.ts';
import { traceAt, type TracePlace } from '../../core/review/traces.ts';
import type { Trace } from '../../core/trace/trace.ts';
import type { ShownStudy } from './shown-study.ts';
import { session } from './session.svelte.ts';

/** Another study than the open one, as it was when it was read: looked at beside it, never changed. */
export class GuestStudy implements ShownStudy {
  readonly facts: StudyDocument['facts'];
  readonly clips: readonly ClipFacts[];
  readonly review: StudyReview;
  readonly runs: Readonly<Record<string, RunState>> = {};

  constructor({ facts, clips, review }: Pick<StudyDocument, 'facts' | 'clips' | 'review'>) {
    this.facts = facts;
    this.clips = clips;
    this.review = review;
  }

  readonly measured: StudyMeasurements = $derived.by(() =>
    measureStudy(this.facts, this.clips, this.review, session.settings),
  );

  get uid(): string {
    return this.facts.studyInstanceUid;
  }

  clip(sopInstanceUid: string): ClipFacts | undefined {
    return this.clips.find((clip) => clip.sopInstanceUid === sopInstanceUid);
  }

  clipReview(sopInstanceUid: string): ClipReview | undefined {
    return this.review.clips[sopInstanceUid];
  }

  traceAt({ sopInstanceUid, structure, frame }: TracePlace): Trace | null {
    return traceAt(this.review.clips[sopInstanceUid], structure, frame);
  }
}
