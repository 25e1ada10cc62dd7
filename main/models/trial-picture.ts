import type { ModelManifest } from '../../core/model/manifest.ts';

/**
 * One frame of a made-up apical loop for trial runs: a fan of speckle with a dark ventricle that contracts in a
 * bright wall. It looks like an echocardiogram just enough that a model has something to do; nothing is measured
 * on it.
 *
 * @returns height × width of the model's input, row-major, in the manifest's range
 */
export function trialPicture({ width, height, range }: ModelManifest['input'], frame: number): Float32Array {
  const [low, high] = range;
  const picture = new Float32Array(width * height).fill(low);
  const contraction = 1 - 0.12 * (1 - Math.cos((2 * Math.PI * frame) / 12));
  let random = 12_345 + frame;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      // A linear congruential generator (Numerical Recipes): the same speckle on every machine.
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const depth = y / height;
      if (Math.abs(x / width - 0.5) > 0.06 + 0.5 * depth) continue;
      const away = Math.hypot((x / width - 0.5) / 0.15, (depth - 0.42) / 0.28) / contraction;
      const tissue = away < 1 ? 0.06 : away < 1.45 ? 0.62 : 0.3;
      const grey = Math.min(1, tissue * (0.5 + random / 2 ** 32));
      picture[y * width + x] = low + grey * (high - low);
    }
  }
  return picture;
}
