import { SystolaError, type ErrorCode } from '../../core/error.ts';
import type { ViewPictures } from '../../core/sector/view-pictures.ts';
import { ChildGone, type InferenceChild } from './inference-child.ts';
import type { LoadedRecogniser } from './loaded-recogniser.ts';
import type { LoadFailure } from './protocol.ts';

/** A clip whose view is asked for. */
export interface RecogniseRequest {
  readonly recogniser: LoadedRecogniser;
  readonly pictures: ViewPictures;
  /** Name of the clip's file, for messages. */
  readonly clipName: string;
  readonly signal: AbortSignal;
}

export interface RecogniseResult {
  /** In the order of the manifest's classes. */
  readonly probability: readonly number[];
  /** Time of the recogniser alone. */
  readonly ms: number;
}

/** How long an answer may take, loading the graph included, ms. */
const answerMs = 30_000;
/** After a cancel it is waited for, because it takes a moment, but no longer than this, ms. */
const graceMs = 1_000;
/** Processes that may be lost over one clip before its view is left open. */
const attemptsAllowed = 2;

/**
 * Asks the inference process for the view of a clip. A process that dies or hangs over it is asked once more, anew.
 *
 * @throws SystolaError `model-not-found`, `model-invalid`, `model-hash-mismatch`, `inference-failed`; the signal's reason
 */
export async function recogniseView(
  { recogniser, pictures, clipName, signal }: RecogniseRequest,
  threads: number,
  readyChild: () => Promise<InferenceChild>,
): Promise<RecogniseResult> {
  let lost = '';
  for (let attempt = 0; attempt < attemptsAllowed; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await ask(await readyChild(), recogniser, pictures, threads, signal);
    } catch (error) {
      if (!(error instanceof ChildGone) || signal.aborted) throw error;
      lost = error.message;
    }
  }
  throw new SystolaError(
    'inference-failed',
    `The view was not recognised: ${attemptsAllowed} times in a row ${lost}. Set the view by hand.`,
    clipName,
  );
}

async function ask(
  child: InferenceChild,
  recogniser: LoadedRecogniser,
  { sectors, wholes }: ViewPictures,
  threads: number,
  signal: AbortSignal,
): Promise<RecogniseResult> {
  const { manifest, graphPath } = recogniser;
  const { graph, input, classes } = manifest;
  child.send({
    type: 'recognise',
    recogniser: { graphPath, graph, rows: input.height, columns: input.width, classes: classes.length },
    sectors,
    wholes,
    threads,
  });
  let patience: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    patience = setTimeout(() => child.kill('the recognition was cancelled'), graceMs);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answer = await child.reply(['recognised', 'recognise-failed'], answerMs);
    signal.throwIfAborted();
    if (answer.type === 'recognise-failed') throw failed(recogniser, answer.failure, answer.reason);
    return { probability: answer.probability, ms: answer.ms };
  } finally {
    clearTimeout(patience);
    signal.removeEventListener('abort', cancel);
  }
}

const codes: Readonly<Record<LoadFailure, ErrorCode>> = {
  provider: 'inference-failed',
  'model-invalid': 'model-invalid',
  'model-hash-mismatch': 'model-hash-mismatch',
  'model-not-found': 'model-not-found',
};

function failed(
  { manifest, graphPath }: LoadedRecogniser,
  failure: LoadFailure,
  reason: string,
): SystolaError {
  return new SystolaError(
    codes[failure],
    `The recogniser of views "${manifest.name}" cannot be used: ${reason}. Put back its original folder; until then views are left open.`,
    graphPath,
  );
}
