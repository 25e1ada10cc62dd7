import type { FramePixels, Sector } from '../../core/clip/clip.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { greyLevels } from '../../core/sector/grey.ts';
import type { InputTransform } from '../../core/sector/input-transform.ts';
import { pictureFlaw } from '../../core/sector/picture-content.ts';

/** A frame darker than this share of the median one tells nothing of the sector: blanked, or black. */
const dimShare = 0.3;

/** Frames without those that are all but black beside the others; all of them when every one is. */
export function litFrames(frames: readonly FramePixels[]): readonly FramePixels[] {
  const means = frames.map((frame) => mean(greyLevels(frame)));
  const middle = means.toSorted((a, b) => a - b)[frames.length >> 1] ?? 0;
  const lit = frames.filter((_, index) => means[index]! > 0 && means[index]! >= dimShare * middle);
  return lit.length > 0 ? lit : frames;
}

/**
 * Makes the model's inputs of a clip's frames, and null of those that hold no echo: these must neither be contoured
 * nor disturb the model's memory.
 */
export class ClipPictures {
  readonly #input: ModelManifest['input'];
  readonly #transform: InputTransform;
  /** Mean grey level that the clip's frames have inside the crop. */
  readonly #usualMean: number;

  constructor(input: ModelManifest['input'], transform: InputTransform, samples: readonly FramePixels[]) {
    this.#input = input;
    this.#transform = transform;
    const means = samples.map((frame) => mean(this.#grey(transform.toInput(frame))));
    this.#usualMean = means.toSorted((a, b) => a - b)[means.length >> 1] ?? 0;
  }

  toInput(frame: FramePixels): Float32Array | null {
    const input = this.#transform.toInput(frame);
    const flaw = pictureFlaw(this.#grey(input), this.#input.width, this.#usualMean);
    return flaw === null ? input : null;
  }

  /** Levels 0…255 of a model's input. */
  #grey(input: Float32Array): Float32Array {
    const [low, high] = this.#input.range;
    const levels = new Float32Array(input.length);
    for (let index = 0; index < input.length; index += 1) {
      levels[index] = ((input[index]! - low) * 255) / (high - low);
    }
    return levels;
  }
}

/** The sector as the model is concerned by it: one that sees the whole frame does not depend on the box. */
export function sectorFor(
  geometry: ModelManifest['input']['geometry'],
  { box, source, doubt }: Sector,
): Sector {
  return doubt === undefined || geometry === 'frame' ? { box, source } : { box, source, doubt };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]!;
  return values.length === 0 ? 0 : sum / values.length;
}
