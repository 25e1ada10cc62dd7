import type { OpenStudy } from '../state/study.svelte.ts';

/** An acceptance that waits for the reason why a study is signed again. */
class Signing {
  wanted = $state.raw<OpenStudy | null>(null);

  isWanted(study: OpenStudy): boolean {
    return this.wanted === study && study.review.decision.state !== 'accepted';
  }
}

export const signing = new Signing();
