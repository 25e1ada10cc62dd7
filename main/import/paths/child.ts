/*
 * Entry point of the process that reads chosen paths. A disk, a share or a device that never answers blocks this
 * process and nothing else: the application ends it and goes on.
 */
import { answer, refusalOf } from './operations.ts';
import type { PathMessage, PathRequest } from './protocol.ts';

/** Often enough to tell a slow copy from one that stands still. */
const progressMs = 1000;

function send(message: PathMessage): void {
  // The callback swallows the error of a channel that closed meanwhile; 'disconnect' ends the process.
  process.send?.(message, undefined, {}, () => undefined);
}

process.on('message', (request: PathRequest) => {
  let toldMs = performance.now();
  const onProgress = (): void => {
    if (performance.now() - toldMs < progressMs) return;
    toldMs = performance.now();
    send({ kind: 'progress' });
  };
  const about = request.ask === 'sniff' ? (request.paths[0] ?? '') : request.path;
  answer(request, onProgress).then(
    (found) => send({ kind: 'answer', answer: found }),
    (error: unknown) => send({ kind: 'refusal', refusal: refusalOf(error, about) }),
  );
});
// The application is gone. What was being written goes at its next start.
process.on('disconnect', () => process.exit(0));

send({ kind: 'ready' });
