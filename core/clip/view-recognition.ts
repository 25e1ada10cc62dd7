import type { Box } from '../geometry/point.ts';
import type { SaidView, View, ViewCode } from './view.ts';

/** What a recogniser told from the pictures of a clip, as recorded once. */
export interface ViewRecognition {
  /** `unknown` where it was not certain enough to say. */
  readonly code: ViewCode;
  /** Of the most probable view, 0…1. */
  readonly certainty: number;
  readonly recogniser: string;
  readonly version: string;
  /** Of the recogniser's graph. */
  readonly sha256: string;
  /** Box of the two-dimensional picture that it was shown; left out where the whole image was. */
  readonly picture?: Box;
}

/** What tells a recogniser from one that may answer otherwise. */
export type RecogniserIdentity = Pick<ViewRecognition, 'recogniser' | 'version' | 'sha256'>;

export function isRecognisedBy(recognition: ViewRecognition, other: RecogniserIdentity): boolean {
  return (
    recognition.recogniser === other.recogniser &&
    recognition.version === other.version &&
    recognition.sha256 === other.sha256
  );
}

/**
 * The view of a clip: what the reader says of it, else its file, else what was recognised, else what was assumed of every
 * clip.
 *
 * @param said what was said of the clip by anybody but a recogniser
 */
export function viewOf(said: SaidView, recognition: ViewRecognition | null): View {
  if (said.source === 'user' || said.source === 'file') return said;
  if (recognition === null || recognition.code === 'unknown') return said;
  return { code: recognition.code, source: 'recognised', certainty: recognition.certainty };
}

/** What was recognised where it is another view than the one that the file states; null where the two do not contradict. */
export function contradictionOf(said: SaidView, recognition: ViewRecognition | null): ViewRecognition | null {
  if (said.source !== 'file' || recognition === null || recognition.code === 'unknown') return null;
  return recognition.code === said.code ? null : recognition;
}
