import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourEvidence, decideColour, type SampleOrder } from '../../../main/dicom/colour-decision.ts';
import { ybrFullToRgb } from '../../../main/dicom/display.ts';
import { buildDicom, type DicomOptions, type SyntaxName } from '../../fixtures/dicom/build.ts';
import { seededRandom } from '../../fixtures/dicom/corrupt.ts';
import { decodeAll, largestDifference } from '../../fixtures/dicom/decode-built.ts';

const rows = 40;
const columns = 48;
const syntaxes = ['explicit', 'rle', 'jpeg', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000'] as const;

/** A sector of grey speckle on black, with a box of Doppler colours and a green ECG line, as RGB. */
function picture(seed: number, doppler: number, ecg: boolean): number[] {
  const random = seededRandom(seed);
  const samples: number[] = [];
  const side = Math.round(Math.sqrt(doppler * rows * columns));
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const inside = Math.abs(x - columns / 2) < y * 0.6;
      const grey = inside ? Math.floor(random() * 200) : 0;
      if (x < side && y < side) samples.push(...(random() < 0.5 ? [200, 40, 10] : [20, 60, 210]));
      else if (ecg && y === rows - 3) samples.push(30, 220, 60);
      else samples.push(grey, grey, grey);
    }
  }
  return samples;
}

/** Grey levels of a sector in which neighbours are alike, as they are in pictures. */
function speckled(seed: number, { rows, columns }: { rows: number; columns: number }): number[] {
  const random = seededRandom(seed);
  const levels: number[] = [];
  for (let index = 0; index < rows * columns; index += 1) {
    const like = ((levels[index - 1] ?? 90) + (levels[index - columns] ?? 90)) / 2;
    levels.push(Math.min(200, Math.max(0, like + Math.round(random() * 60) - 30)));
  }
  return levels.map((level, index) => {
    const y = Math.floor(index / columns);
    return Math.abs((index % columns) - columns / 2) < y * 0.6 ? Math.round(level) : 0;
  });
}

function toYbr(rgb: readonly number[]): number[] {
  const ybr: number[] = [];
  for (let index = 0; index < rgb.length; index += 3) {
    const [red, green, blue] = [rgb[index]!, rgb[index + 1]!, rgb[index + 2]!];
    ybr.push(
      Math.round(0.299 * red + 0.587 * green + 0.114 * blue),
      Math.min(255, Math.max(0, Math.round(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue))),
      Math.min(255, Math.max(0, Math.round(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue))),
    );
  }
  return ybr;
}

const scene = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  doppler: fc.double({ min: 0, max: 0.3, noNaN: true }),
  ecg: fc.boolean(),
});
/** What these pictures differ by after compression: quantisation of the JPEG encoder, rounding of the conversion. */
const tolerance = (syntax: SyntaxName) => (syntax === 'jpeg' ? 12 : 2);

describe('colour is decided once, by markers, then content, then label', () => {
  it.each(syntaxes)(
    '%s: whatever the label says, grey stays grey and flow keeps its colour',
    async (syntax) => {
      await fc.assert(
        fc.asyncProperty(
          scene,
          fc.constantFrom('rgb', 'ybr'),
          fc.constantFrom('RGB', 'YBR_FULL', 'YBR_FULL_422'),
          async ({ seed, doppler, ecg }, inside, photometric) => {
            const rgb = [0, 1, 2].map((frame) => picture(seed + frame, doppler, ecg));
            const stored = inside === 'rgb' ? rgb : rgb.map(toYbr);
            const options: DicomOptions = {
              syntax,
              rows,
              columns,
              photometric,
              pixels: (frame) => stored[frame]!,
            };
            const frames = await decodeAll(buildDicom(options));
            frames.forEach((frame, index) => {
              const right =
                inside === 'rgb'
                  ? Uint8Array.from(rgb[index]!)
                  : ybrFullToRgb(Uint8Array.from(stored[index]!));
              expect(largestDifference(frame.data, right)).toBeLessThanOrEqual(tolerance(syntax));
            });
          },
        ),
        { numRuns: 12 },
      );
    },
  );

  it('sees that samples lie plane after plane, or do not, whatever the planar configuration says', async () => {
    await fc.assert(
      fc.asyncProperty(
        scene,
        fc.constantFrom('rgb', 'ybr'),
        fc.constantFrom(0, 1),
        async ({ seed, doppler, ecg }, inside, planar) => {
          const rgb = picture(seed, doppler, ecg);
          const stored = inside === 'rgb' ? rgb : toYbr(rgb);
          const options: DicomOptions = {
            rows,
            columns,
            frames: 1,
            photometric: inside === 'rgb' ? 'RGB' : 'YBR_FULL',
            pixels: () => stored,
            planarConfiguration: planar as 0 | 1,
          };
          const right = await decodeAll(buildDicom(options));
          const file = Buffer.from(buildDicom(options));
          // (0028,0006) US, two bytes.
          const place = file.indexOf(Buffer.from([0x28, 0, 6, 0, 0x55, 0x53, 2, 0]));
          file.writeUInt16LE(1 - planar, place + 8);
          expect(await decodeAll(file)).toEqual(right);
        },
      ),
      {
        numRuns: 30,
        // The edge of the Doppler box meets one of three samples in every row.
        examples: [[{ seed: 148_596, doppler: 0.2876302083333333, ecg: false }, 'ybr', 1]],
      },
    );
  });

  it.each(['a bar', 'a tint'])('sees how samples lie in a picture with %s', (what) => {
    const widths = [48, 49, 150];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(...widths),
        fc.constantFrom<SampleOrder>('interleaved', 'planar'),
        fc.constantFrom(0, 1),
        fc.double({ min: 0, max: 0.8, noNaN: true }),
        (seed, width, order, planarConfiguration, place) => {
          const size = { rows: 60, columns: width, bitsStored: 8 };
          const grey = speckled(seed, size);
          const bar = Math.floor(place * width);
          const pixels = grey.map((level, index) => {
            const isBar = index % width >= bar && index % width < bar + 4 && index > width * 10;
            if (what === 'a bar') return isBar ? [240, 240, 240] : [level, level, level];
            return [level, Math.round(level * 0.8), Math.round(level * 0.6)];
          });
          const samples =
            order === 'interleaved'
              ? pixels.flat()
              : [0, 1, 2].flatMap((sample) => pixels.map((pixel) => pixel[sample]!));
          const label = { photometric: 'RGB', planarConfiguration, encoding: 'native' } as const;
          expect(decideColour([colourEvidence(samples, size)], label).order).toBe(order);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('leaves it to the label where the content tells nothing', async () => {
    const orange = Array.from({ length: rows * columns }, () => [200, 120, 40]).flat();
    for (const photometric of ['RGB', 'YBR_FULL']) {
      const [frame] = await decodeAll(
        buildDicom({ rows, columns, frames: 1, photometric, pixels: () => orange }),
      );
      const right = photometric === 'RGB' ? Uint8Array.from(orange) : ybrFullToRgb(Uint8Array.from(orange));
      expect(largestDifference(frame!.data, right)).toBe(0);
    }
  });

  it('keeps one colour through a clip in which some frames are unclear', async () => {
    const grey = picture(7, 0, false);
    const flat = Array.from({ length: rows * columns * 3 }, () => 128);
    const frames = await decodeAll(
      buildDicom({
        rows,
        columns,
        frames: 5,
        photometric: 'YBR_FULL',
        pixels: (frame) => (frame % 2 === 0 ? grey : flat),
      }),
    );
    frames.forEach((frame, index) => {
      expect(largestDifference(frame.data, index % 2 === 0 ? grey : flat)).toBe(0);
    });
  });
});

describe('native YBR_FULL_422 of an odd number of columns', () => {
  it.each([0, 1])('rows padded to pairs: %i', async (padded) => {
    const odd = 23;
    const pairs = padded === 1 ? (odd + 1) / 2 : odd / 2;
    const stored = Array.from({ length: (rows * pairs * 4) | 0 }, (_, index) =>
      index % 4 < 2 ? (index * 13) % 200 : 128,
    );
    const [frame] = await decodeAll(
      buildDicom({ rows, columns: odd, frames: 1, photometric: 'YBR_FULL_422', pixels: () => stored }),
    );
    const luma = stored.filter((_, index) => index % 4 < 2);
    const width = padded === 1 ? odd + 1 : odd;
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < odd; x += 1) {
        expect(frame!.data[(y * odd + x) * 3]).toBe(luma[y * width + x]);
      }
    }
  });
});
