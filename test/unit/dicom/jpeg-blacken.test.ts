import { describe, expect, it } from 'vitest';
import { huffmanCode } from '../../../main/dicom/codec/huffman-code.ts';
import { HuffmanTable } from '../../../main/dicom/codec/huffman.ts';
import { blackenJpeg, keptUnits } from '../../../main/dicom/codec/jpeg-blacken.ts';
import { decodeCoefficients, type ComponentBlocks } from '../../../main/dicom/codec/jpeg-coefficients.ts';
import { readJpegStream, type JpegStream } from '../../../main/dicom/codec/jpeg-stream.ts';
import { writeJpeg } from '../../../main/dicom/codec/jpeg-writer.ts';
import { UndecodableFrame } from '../../../main/dicom/codec/undecodable-frame.ts';
import { WasmDecoder } from '../../../main/dicom/codec/wasm-decoder.ts';
import { encodeJpeg, type JpegOptions } from '../../fixtures/dicom/encode-jpeg.ts';

const turbo = new WasmDecoder('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder');
const [rows, columns] = [45, 70];

/** Uneven everywhere, with detail in every block. */
const samples = (channels: number) =>
  Array.from({ length: rows * columns * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    return (90 + 60 * Math.sin(pixel / 7) + ((pixel * 37) % 29) + (at % channels) * 13) & 255;
  });

const built = (options: Partial<JpegOptions> = {}): Uint8Array => {
  const channels = options.channels ?? 3;
  return encodeJpeg(samples(channels), { rows, columns, channels, step: 3, ...options });
};

/** The same coefficients as a stream of other scans or restarts. */
function arranged(bytes: Uint8Array, change: (stream: JpegStream) => JpegStream): Uint8Array {
  const stream = readJpegStream(bytes);
  return writeJpeg(change(stream), decodeCoefficients(bytes, stream));
}

const apart = (stream: JpegStream): JpegStream => ({
  ...stream,
  scans: stream.scans[0]!.components.map((component) => ({ ...stream.scans[0]!, components: [component] })),
});
const restarting =
  (restartInterval: number) =>
  (stream: JpegStream): JpegStream => ({
    ...stream,
    scans: stream.scans.map((scan) => ({ ...scan, restartInterval })),
  });

/** The second and third component of a stream with half their blocks: 4:2:0, of the coefficients that are there. */
function quartered(bytes: Uint8Array): Uint8Array {
  const stream = readJpegStream(bytes);
  const full = decodeCoefficients(bytes, stream);
  const components = stream.components.map((component, index) =>
    index === 0 ? { ...component, horizontal: 2, vertical: 2, blocksAcross: 2, blocksDown: 2 } : component,
  );
  const [unitsAcross, unitsDown] = [Math.ceil(columns / 16), Math.ceil(rows / 16)];
  const halved: JpegStream = { ...stream, components, unitColumns: 16, unitRows: 16, unitsAcross, unitsDown };
  const blocks = components.map(({ blocksAcross, blocksDown }, index): ComponentBlocks => {
    const [across, down] = [unitsAcross * blocksAcross, unitsDown * blocksDown];
    const coefficients = new Int16Array(across * down * 64);
    for (let y = 0; y < Math.min(down, full[index]!.down); y += 1) {
      for (let x = 0; x < Math.min(across, full[index]!.across); x += 1) {
        const from = (y * full[index]!.across + x) * 64;
        coefficients.set(full[index]!.coefficients.subarray(from, from + 64), (y * across + x) * 64);
      }
    }
    return { across, down, coefficients };
  });
  return writeJpeg(halved, blocks);
}

const streams: readonly (readonly [string, () => Uint8Array])[] = [
  ['grey', () => built({ channels: 1 })],
  ['4:4:4', () => built()],
  ['4:2:2', () => built({ halvedColour: true })],
  ['4:2:0', () => quartered(built())],
  ['one scan for each component', () => arranged(built({ halvedColour: true }), apart)],
  ['4:2:0, one scan for each component', () => arranged(quartered(built()), apart)],
  ['restarts', () => arranged(built(), restarting(3))],
  ['restarts of grey', () => arranged(built({ channels: 1 }), restarting(1))],
  ['restarts in scans of one component', () => arranged(arranged(quartered(built()), apart), restarting(5))],
  ['RGB by an Adobe segment', () => built({ marker: 'adobe-rgb' })],
  ['YCbCr by JFIF', () => built({ marker: 'jfif', halvedColour: true })],
];

/** A disc, so that units are cut every way. */
const disc = Uint8Array.from({ length: rows * columns }, (_, at) =>
  Math.hypot((at % columns) - 36, Math.floor(at / columns) - 22) < 21 ? 1 : 0,
);

describe.each(streams)('%s', (name, make) => {
  it('comes back with the same coefficients and pixels when all of it is kept', async () => {
    const bytes = make();
    const again = blackenJpeg(bytes, new Uint8Array(rows * columns).fill(1), 'ybr-full');
    expect(decodeCoefficients(again, readJpegStream(again))).toEqual(
      decodeCoefficients(bytes, readJpegStream(bytes)),
    );
    expect((await turbo.decode(again)).bytes).toEqual((await turbo.decode(bytes)).bytes);
  });

  it('is black where a unit is not wholly kept, and bit for bit the same in the others', async () => {
    const bytes = make();
    const isGrey = name.includes('grey');
    const black = isGrey ? 'lowest' : name.startsWith('RGB') ? 'rgb' : 'ybr-full';
    const cleaned = blackenJpeg(bytes, disc, black);
    const stream = readJpegStream(bytes);
    const units = keptUnits(stream, disc);
    const [before, after] = [bytes, cleaned].map((one) => decodeCoefficients(one, readJpegStream(one)));
    let same = 0;
    stream.components.forEach(({ blocksAcross, blocksDown }, index) => {
      const { across, down, coefficients } = before![index]!;
      for (let block = 0; block < across * down; block += 1) {
        const unit =
          Math.floor(Math.floor(block / across) / blocksDown) * units.across +
          Math.floor((block % across) / blocksAcross);
        const [was, is] = [coefficients, after![index]!.coefficients].map((all) =>
          all.subarray(block * 64, block * 64 + 64),
        );
        if (units.whole[unit] !== 0) {
          expect(is).toEqual(was);
          same += 1;
        } else {
          expect(is!.subarray(1).every((value) => value === 0)).toBe(true);
        }
      }
    });
    expect(same).toBeGreaterThan(0);
    // Colour that is stored coarser than the picture runs half a pixel over the edge of a kept unit.
    const { bytes: pixels } = await turbo.decode(cleaned);
    const channels = isGrey ? 1 : 3;
    let lit = 0;
    for (let pixel = 0; pixel < rows * columns; pixel += 1) {
      const [x, y] = [pixel % columns, Math.floor(pixel / columns)];
      const keptAround = [-1, 0, 1].some((dy) =>
        [-1, 0, 1].some((dx) => {
          const [nx, ny] = [
            Math.min(columns - 1, Math.max(0, x + dx)),
            Math.min(rows - 1, Math.max(0, y + dy)),
          ];
          return (
            units.whole[Math.floor(ny / units.rows) * units.across + Math.floor(nx / units.columns)] !== 0
          );
        }),
      );
      if (keptAround) continue;
      for (let at = pixel * channels; at < (pixel + 1) * channels; at += 1) lit += pixels[at]!;
    }
    expect(lit).toBe(0);
  });
});

it('is white of a picture that is shown inverted, at every step of quantisation', async () => {
  for (const step of [1, 2, 3, 7, 16, 255]) {
    const bytes = built({ channels: 1, step });
    const none = new Uint8Array(rows * columns);
    for (const [black, level] of [
      ['lowest', 0],
      ['highest', 255],
    ] as const) {
      const { bytes: pixels } = await turbo.decode(blackenJpeg(bytes, none, black));
      expect(pixels.every((value) => value === level)).toBe(true);
    }
  }
});

it('leaves comments, application data, thumbnails and what follows the picture behind', () => {
  const bytes = built({ marker: 'jfif' });
  const secret = Buffer.from('DOE^JANE 19700101');
  const comment = [0xff, 0xfe, 0, secret.length + 2, ...secret];
  const exif = [0xff, 0xe1, 0, secret.length + 2, ...secret];
  const full = Uint8Array.from([
    ...bytes.subarray(0, 2),
    ...comment,
    ...exif,
    ...bytes.subarray(2),
    ...secret,
  ]);
  const cleaned = Buffer.from(blackenJpeg(full, new Uint8Array(rows * columns).fill(1), 'ybr-full'));
  expect(Buffer.from(full).includes('DOE^JANE')).toBe(true);
  expect(cleaned.includes('DOE')).toBe(false);
  expect(cleaned.includes('JFIF')).toBe(true);
});

describe('hostile streams', () => {
  const bytes = built();
  const kept = new Uint8Array(rows * columns).fill(1);

  it('are refused or cleaned, and nothing else happens', () => {
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let refused = 0;
    for (let round = 0; round < 400; round += 1) {
      const spoilt = bytes.slice(0, random(3) === 0 ? random(bytes.length) : bytes.length);
      for (let hit = 0; hit <= random(6); hit += 1) spoilt[random(spoilt.length)] = random(256);
      try {
        blackenJpeg(spoilt, kept, 'ybr-full');
      } catch (error) {
        if (!(error instanceof UndecodableFrame)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('that are progressive are not taken apart', () => {
    const progressive = bytes.slice();
    progressive[progressive.findIndex((byte, at) => byte === 0xc0 && bytes[at - 1] === 0xff)] = 0xc2;
    expect(() => blackenJpeg(progressive, kept, 'rgb')).toThrow(UndecodableFrame);
  });
});

describe('a Huffman code', () => {
  const decodes = (frequencies: Uint32Array): void => {
    const { counts, symbols, codes, lengths } = huffmanCode(frequencies);
    const table = new HuffmanTable(counts, symbols);
    frequencies.forEach((frequency, symbol) => {
      expect(lengths[symbol]! > 0).toBe(frequency > 0);
      if (frequency === 0) return;
      const padded = codes[symbol]! << (16 - lengths[symbol]!);
      expect(table.lookup[padded]).toBe((lengths[symbol]! << 8) | symbol);
    });
    // Ones alone are no code.
    expect(table.lookup[0xffff]).toBe(0);
  };

  it('is none of ones alone, whatever comes how often', () => {
    decodes(Uint32Array.from({ length: 256 }, (_, symbol) => (symbol === 9 ? 1 : 0)));
    decodes(new Uint32Array(256).fill(1));
    decodes(Uint32Array.from({ length: 256 }, (_, symbol) => (symbol < 40 ? 2 ** Math.min(31, symbol) : 0)));
    decodes(Uint32Array.from({ length: 256 }, (_, symbol) => (symbol * 7919) % 1000));
  });

  it('is as short as the entropy allows, within a bit a symbol', () => {
    const frequencies = Uint32Array.from({ length: 256 }, (_, symbol) => Math.floor(4000 / (symbol + 1)));
    const { lengths } = huffmanCode(frequencies);
    const total = frequencies.reduce((sum, one) => sum + one, 0);
    let bits = 0;
    let entropy = 0;
    frequencies.forEach((frequency, symbol) => {
      bits += frequency * lengths[symbol]!;
      if (frequency > 0) entropy -= frequency * Math.log2(frequency / total);
    });
    expect(bits).toBeLessThan(entropy * 1.02);
  });
});
