import type { RunState } from '../../core/api/requests.ts';

/** One line about a run: what it does, how far it is, how long it still takes. */
export function runWords(run: RunState): string {
  switch (run.state) {
    case 'queued':
      return 'waiting for its turn';
    case 'loading-model':
      return 'model warming up';
    case 'running': {
      const left =
        run.msPerFrame === null ? null : (run.msPerFrame * (run.framesTotal - run.framesDone)) / 1000;
      const time = left === null ? '' : left < 1.5 ? ', 1 s left' : `, ${Math.round(left)} s left`;
      return `frame ${run.framesDone} of ${run.framesTotal}${time}`;
    }
    case 'finished':
      return `traced ${run.framesDone} of ${run.framesTotal} frames`;
    case 'cancelled':
      return `cancelled at frame ${run.framesDone} of ${run.framesTotal}`;
    case 'failed':
      return `failed: ${run.message ?? 'no reason given'}`;
  }
}
