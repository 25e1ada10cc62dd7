import type { SystolaError } from '../../core/error.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { refusal } from './refusal.ts';

/** Frames of one clip that may cost a worker thread before no other of them is tried. */
export const mostLostFrames = 2;

interface Record {
  /** Why each frame that took its thread down cannot be decoded. */
  readonly lost: Map<number, SystolaError>;
  /** Frames that were decoded, and can be again whatever the others do. */
  readonly decoded: Set<number>;
}

/**
 * Frames that did not come to an end, for as long as the application runs: none is tried a second time, and after
 * {@link mostLostFrames} of one clip only those that were decoded before are.
 */
export class LostFrames {
  readonly #clips = new Map<string, Record>();

  /** Why a frame is not to be tried; null when it is. */
  refusal(clip: string, frame: number, fileName: string): SystolaError | null {
    const record = this.#clips.get(clip);
    if (record === undefined) return null;
    const lost = record.lost.get(frame);
    if (lost !== undefined) return lost;
    if (record.lost.size < mostLostFrames || record.decoded.has(frame)) return null;
    return refusal(
      'decode-failed',
      fileName,
      `Frame ${frameNumber(frame)} is not decoded: others of this clip keep the decoder busy without end. Export the clip again from its source.`,
    );
  }

  remember(clip: string, frame: number, error: SystolaError): void {
    this.#of(clip).lost.set(frame, error);
  }

  decoded(clip: string, frame: number): void {
    this.#of(clip).decoded.add(frame);
  }

  #of(clip: string): Record {
    const known = this.#clips.get(clip);
    if (known !== undefined) return known;
    const record = { lost: new Map<number, SystolaError>(), decoded: new Set<number>() };
    this.#clips.set(clip, record);
    return record;
  }
}
