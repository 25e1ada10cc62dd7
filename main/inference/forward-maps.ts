import type { ModelManifest } from '../../core/model/manifest.ts';
import type { StepOutcome } from './step-outcome.ts';

/** Fixed point with 16 bits: an error of 8e-6 at most, half the memory of float32. */
const scale = 65_535;
/** Most bytes that a forward pass may leave behind: 8000 frames at 128², 2000 at 256². */
const mostKeptBytes = 256 * 1024 * 1024;

/** Whether the maps of so many frames may be kept. */
export function mapsFit(
  { width, height }: Pick<ModelManifest['input'], 'width' | 'height'>,
  frames: number,
): boolean {
  return 2 * width * height * frames <= mostKeptBytes;
}

/** What the forward pass found, kept until the backward pass comes to the same frame. */
export class ForwardMaps {
  readonly #maps = new Map<number, Uint16Array | StepOutcome>();

  keep(frame: number, outcome: StepOutcome): void {
    this.#maps.set(frame, outcome instanceof Float32Array ? packed(outcome) : outcome);
  }

  /**
   * The weighted mean of both passes for a frame, and forgets it. A frame that either pass could not segment has none.
   *
   * @param backward of the same frame; overwritten
   * @param forwardShare weight of the forward map, 0…1
   */
  mean(frame: number, backward: StepOutcome, forwardShare = 0.5): StepOutcome {
    const forward = this.#maps.get(frame);
    this.#maps.delete(frame);
    if (!(forward instanceof Uint16Array)) return (forward as StepOutcome | undefined) ?? backward;
    if (!(backward instanceof Float32Array)) return backward;
    for (let index = 0; index < backward.length; index += 1) {
      backward[index] = (1 - forwardShare) * backward[index]! + (forwardShare * forward[index]!) / scale;
    }
    return backward;
  }
}

function packed(map: Float32Array): Uint16Array {
  const result = new Uint16Array(map.length);
  for (let index = 0; index < map.length; index += 1) {
    result[index] = Math.round(Math.min(1, Math.max(0, map[index]!)) * scale);
  }
  return result;
}
