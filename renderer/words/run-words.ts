import type { RunState } from '../../core/api/requests.ts';
import { say } from './language.svelte.ts';

/** One line about a run: what it does, how far it is, how long it still takes. */
export function runWords(run: RunState): string {
  const counts = { done: run.framesDone, total: run.framesTotal };
  switch (run.state) {
    case 'queued':
      return say('run.queued');
    case 'loading-model':
      return say('run.loading-model');
    case 'running': {
      if (run.msPerFrame === null) return say('run.running', counts);
      const left = (run.msPerFrame * (run.framesTotal - run.framesDone)) / 1000;
      return say('run.running-time-left', { ...counts, seconds: Math.max(1, left) });
    }
    case 'finished':
      return say('run.finished', counts);
    case 'cancelled':
      return say('run.cancelled', counts);
    case 'failed':
      return run.message === null
        ? say('run.failed-for-no-reason')
        : say('run.failed', { reason: run.message });
  }
}
