import type { PixelDescription } from './pixel-description.ts';

/** What three samples of a pixel are. */
export type ColourSpace = 'rgb' | 'ybr-full';

/** How the three samples of native pixels lie: pixel by pixel, or plane after plane (PS3.3 C.7.6.3.1.3). */
export type SampleOrder = 'interleaved' | 'planar';

export interface ColourDecision {
  readonly space: ColourSpace;
  /** The content decided the colour space, not the label. */
  readonly clear: boolean;
  readonly order: SampleOrder;
}

/** How many pixels would be without colour (grey, black, white) in each reading, of how many looked at. */
export interface ColourEvidence {
  readonly pixels: number;
  /** Sums of differences between each sample and the next one, by the sample's place modulo three. */
  readonly steps: readonly [number, number, number];
  /** How many of the differences are more than noise. */
  readonly realSteps: readonly [number, number, number];
  readonly stepsCounted: number;
  /** Sums of differences between samples that are neighbours in each order: beside and below each other. */
  readonly beside: Readonly<Record<SampleOrder, number>>;
  readonly below: Readonly<Record<SampleOrder, number>>;
  readonly grey: Readonly<Record<SampleOrder, Readonly<Record<ColourSpace, number>>>>;
}

/** Pixels of one frame that are looked at; enough for a share, and few enough to cost nothing. */
const lookedAt = 20_000;
/** Samples that differ by this from grey still count as it: compression and tinted grey maps. */
const greyTolerance = 8;
/** Share of grey pixels from which a reading can be the true one: ultrasound is black and grey for the most part. */
const leastGreyShare = 0.25;
/** A reading counts when it makes grey of this many times as many pixels as the other. */
const clearly = 2;
/**
 * Least over greatest of the three numbers of steps, and of their sums. Pixel by pixel, every third step leads to the
 * next pixel and the others to another colour of the same one, so that they are unlike; in planes no step is special.
 */
const planarFrom = 0.8;
const interleavedTo = 0.6;
/** Mean step, of 255, below which a picture is too even to tell. */
const leastStep = 0.5;
const noiseStep = 2;
/** Samples differ by this much more where they are no neighbours. */
const noNeighbours = 1.1;

/**
 * The one decision about colour for every encoding. Markers of the compressed data come first and are the decoders'
 * business (the colour of their samples is null where they say nothing); then the content; then what the file says.
 *
 * An ultrasound picture is black and grey but for an overlay: read as RGB its samples are alike then, read as YCbCr
 * the second and third lie at mid-scale, and no picture is both. Content that is not clear either way (a picture full
 * of colour, one level of grey) leaves it to the label.
 */
export function decideColour(
  evidence: readonly ColourEvidence[],
  pixels: Pick<PixelDescription, 'photometric' | 'planarConfiguration' | 'encoding'>,
): ColourDecision {
  const labelledOrder: SampleOrder = pixels.planarConfiguration === 1 ? 'planar' : 'interleaved';
  const labelledSpace: ColourSpace = pixels.photometric.startsWith('YBR_FULL') ? 'ybr-full' : 'rgb';
  const total = sum(evidence, ({ pixels: count }) => count);
  const share = (order: SampleOrder, space: ColourSpace): number =>
    total === 0 ? 0 : sum(evidence, ({ grey }) => grey[order][space]) / total;
  // Compressed samples come from their decoder, pixel by pixel.
  const order = pixels.encoding === 'native' ? decideOrder(evidence, labelledOrder) : 'interleaved';
  const rgb = share(order, 'rgb');
  const ybr = share(order, 'ybr-full');
  const clear = Math.max(rgb, ybr) >= leastGreyShare && Math.max(rgb, ybr) >= clearly * Math.min(rgb, ybr);
  return { space: clear ? (rgb > ybr ? 'rgb' : 'ybr-full') : labelledSpace, clear, order };
}

/** Counts what a frame's samples look like in every reading. `samples` are those of the file, in its order. */
export function colourEvidence(
  samples: ArrayLike<number>,
  { rows, columns, bitsStored }: Pick<PixelDescription, 'rows' | 'columns' | 'bitsStored'>,
): ColourEvidence {
  const pixelCount = rows * columns;
  const shift = Math.max(0, bitsStored - 8);
  const step = Math.max(1, Math.floor(pixelCount / lookedAt));
  const grey = { interleaved: { rgb: 0, 'ybr-full': 0 }, planar: { rgb: 0, 'ybr-full': 0 } };
  let pixels = 0;
  for (let pixel = 0; pixel < pixelCount; pixel += step) {
    pixels += 1;
    for (const order of ['interleaved', 'planar'] as const) {
      const first = order === 'planar' ? pixel : pixel * 3;
      const stride = order === 'planar' ? pixelCount : 1;
      const a = samples[first]! >> shift;
      const b = samples[first + stride]! >> shift;
      const c = samples[first + 2 * stride]! >> shift;
      const chroma = Math.max(a, b, c) - Math.min(a, b, c);
      const offMiddle = Math.max(Math.abs(b - 128), Math.abs(c - 128));
      if (chroma <= greyTolerance) grey[order].rgb += 1;
      if (offMiddle <= greyTolerance) grey[order]['ybr-full'] += 1;
    }
  }
  return {
    pixels,
    grey,
    ...sampleSteps(samples, pixelCount, shift),
    beside: neighbourSteps(samples, pixelCount, 1, shift),
    below: neighbourSteps(samples, pixelCount, columns, shift),
  };
}

function sampleSteps(
  samples: ArrayLike<number>,
  pixelCount: number,
  shift: number,
): Pick<ColourEvidence, 'steps' | 'realSteps' | 'stepsCounted'> {
  const steps: [number, number, number] = [0, 0, 0];
  const realSteps: [number, number, number] = [0, 0, 0];
  let stepsCounted = 0;
  const stride = 3 * Math.max(1, Math.floor(pixelCount / lookedAt));
  for (let index = 0; index + 3 < pixelCount * 3; index += stride) {
    stepsCounted += 1;
    for (const place of [0, 1, 2] as const) {
      const step = Math.abs((samples[index + place]! >> shift) - (samples[index + place + 1]! >> shift));
      steps[place] += step;
      if (step > noiseStep) realSteps[place] += 1;
    }
  }
  return { steps, realSteps, stepsCounted };
}

/** @param distance of the neighbour in pixels: 1 beside, one row below */
function neighbourSteps(
  samples: ArrayLike<number>,
  pixelCount: number,
  distance: number,
  shift: number,
): Readonly<Record<SampleOrder, number>> {
  const stride = Math.max(1, Math.floor(pixelCount / lookedAt));
  let interleaved = 0;
  let planar = 0;
  for (let index = 0; index + 3 * distance < pixelCount * 3; index += stride) {
    const sample = samples[index]! >> shift;
    interleaved += Math.abs(sample - (samples[index + 3 * distance]! >> shift));
    planar += Math.abs(sample - (samples[index + distance]! >> shift));
  }
  return { interleaved, planar };
}

function decideOrder(evidence: readonly ColourEvidence[], labelled: SampleOrder): SampleOrder {
  const sums = [0, 1, 2].map((place) => sum(evidence, ({ steps }) => steps[place]!));
  const counted = sum(evidence, ({ stepsCounted }) => stepsCounted);
  if (Math.max(...sums) < leastStep * counted || counted === 0) return labelled;
  const numbers = [0, 1, 2].map((place) => sum(evidence, ({ realSteps }) => realSteps[place]!));
  if (Math.min(...numbers) <= interleavedTo * Math.max(...numbers)) return 'interleaved';
  // Where three divides the width, an edge that runs down the picture (a grey bar, the box of an overlay) meets one place
  // in every row and makes planes look uneven; a strong tint makes pixels look even. The rows tell both apart.
  const areRowsPlanar = areNeighboursPlanar(evidence, 'below');
  if (Math.min(...sums) >= planarFrom * Math.max(...sums)) return areRowsPlanar ? 'planar' : labelled;
  if (!areRowsPlanar) return 'interleaved';
  return areNeighboursPlanar(evidence, 'beside') ? 'planar' : labelled;
}

function areNeighboursPlanar(evidence: readonly ColourEvidence[], which: 'beside' | 'below'): boolean {
  const planar = sum(evidence, (frame) => frame[which].planar);
  return planar <= noNeighbours * sum(evidence, (frame) => frame[which].interleaved);
}

function sum<T>(list: readonly T[], of: (value: T) => number): number {
  return list.reduce((total, value) => total + of(value), 0);
}
