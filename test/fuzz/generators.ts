import { buildDicom, transferSyntaxes, type DicomOptions, type SyntaxName } from '../fixtures/dicom/build.ts';
import fc from 'fast-check';
import {
  type BuiltCode,
  type BuiltItem,
  buildReport,
  byReference,
  coded,
  container,
  number,
  outline,
} from '../fixtures/dicom/build-report.ts';
import { edv, ef, scannerReport } from '../fixtures/dicom/scanner-report.ts';
import { oddPart, withOddParts } from '../fixtures/dicom/odd-parts.ts';
import { curve, waveform } from '../fixtures/dicom/ecg-elements.ts';
import { spinningColumns, spinningFrame, spinningRows } from '../fixtures/dicom/spinning-frame.ts';
import type { Random } from './random.ts';

/**
 * A class of files that are found in the world, and random members of it. Add one here for every class that a fix is
 * for, so that the fix is tried on more than the file that was reported.
 */
export interface Generator {
  readonly name: string;
  make(random: Random): Uint8Array;
}

const syntaxes = Object.keys(transferSyntaxes) as SyntaxName[];
const built = (name: string, options: (random: Random) => DicomOptions): Generator => ({
  name,
  make: (random) => {
    const chosen = options(random);
    return buildDicom({ rows: 40, columns: 48, frames: 3, syntax: random.of(syntaxes), ...chosen });
  },
});
const text = (tag: string, vr: string, value: string) => ({ tag, vr, value });

const generators: Generator[] = [
  built('frames stated against frames there', (random) => ({
    frames: random.between(1, 5),
    elements: [text('00280008', 'IS', String(random.between(0, 12)))],
  })),
  built('frames not stated', (random) => ({ frames: random.between(2, 6), without: ['00280008'] })),
  built('one frame among others that does not end', (random) => {
    const frames = random.between(1, 2);
    return {
      syntax: 'jpeg-ls',
      rows: spinningRows,
      columns: spinningColumns,
      frames,
      encodedFrames: Array.from({ length: frames }, spinningFrame),
    };
  }),
  built('an ECG beside the pictures', (random) => ({
    elements: random.of([
      [
        waveform({
          samplesPerSecond: random.of([0, 1, 250, 1e9]),
          interpretation: random.of(['SS', 'US', 'SL', 'UB', 'MB', '']),
          statedSamples: random.of([0, 1, 500, 4_000_000_000]),
          statedChannels: random.of([0, 1, 2, 64, 65_535]),
        }),
      ],
      curve({
        group: random.of(['5000', '501e']),
        units: random.of(['DPPS\\NONE', 'MSEC\\MV', 'SEC\\NONE', '']),
        step: random.of([0, 1, 300, 65_535]),
        statedPoints: random.of([0, 2, 600, 65_535]),
        elements: [
          { tag: '50000103', vr: 'US', value: [random.between(0, 6)] },
          { tag: '50000110', vr: 'US', value: [random.between(0, 1), 1] },
        ],
      }),
    ]),
  })),
  built('regions of every kind', (random) => ({
    regions: Array.from({ length: random.between(0, 4) }, () => ({
      box: [
        random.between(-5, 60),
        random.between(-5, 60),
        random.between(-5, 60),
        random.between(-5, 60),
      ].map((corner) => Math.max(0, corner)) as [number, number, number, number],
      spatialFormat: random.below(6),
      dataType: random.below(13),
      unitsX: random.below(13),
      unitsY: random.below(13),
      deltaX: random.of([0.05, -0.05, 0, 1e-9]),
      deltaY: random.of([0.05, -0.05, 0, 1e-9]),
    })),
  })),
  built('colour under another label', (random) => ({
    photometric: random.of(['RGB', 'YBR_FULL']),
    planarConfiguration: random.of([0, 1]),
    elements: [text('00280004', 'CS', random.of(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT']))],
  })),
  built('frame times against rates', (random) => ({
    frameTimeMs: random.of([10, 33, 100, 1000]),
    elements: [
      text('00180040', 'IS', String(random.of([0, 10, 30, 60]))),
      text('00082144', 'IS', String(random.of([0, 10, 30, 60]))),
    ],
  })),
  built('cumulative vectors', (random) => ({
    frames: 4,
    frameTimeVectorMs: random.of([
      [0, 33, 66, 99],
      [33, 66, 99, 132],
      [0, 33, 33, 33],
    ]),
  })),
  built('stages', (random) => ({
    elements: [
      text('00082120', 'SH', random.of(['REST', 'PEAK', 'BASELINE', 'Stage 2', ''])),
      text('00082122', 'IS', String(random.below(6))),
      text('00082127', 'SH', random.of(['A4C', 'A2C', 'PLAX', ''])),
    ],
  })),
  built('fragments of any size', (random) => ({
    fragmentBytes: random.between(1, 200) * 2,
    offsetTable: random.of(['basic', 'empty', 'extended'] as const),
  })),
];

generators.push({
  name: 'odd parts between elements',
  make(random) {
    const file = buildDicom({
      rows: 40,
      columns: 48,
      frames: 2,
      syntax: random.of(['explicit', 'jpeg', 'rle']),
    });
    return withOddParts(
      file,
      fc.sample(oddPart, { numRuns: random.between(1, 6), seed: random.below(2 ** 31) }),
    );
  },
});

/** An item of random shape, of whatever type and depth, which may refer to any other. */
function anyItem(random: Random, depth: number): BuiltItem {
  const value = random.of([12.5, 0, -1, Number.NaN, 1e308, '', '1e999', 'x'.repeat(40)]);
  const unit = random.of(['ml', 'ml/m2', '%', 'cm', '1', '', '{H.B.}/min', '\u0000']);
  const point = (): number => random.of([random.between(-50, 500), Number.NaN, 1e30]);
  switch (random.below(7)) {
    case 0:
      return number(random.of([edv, ef]), value, unit, itemsBelow(random, depth));
    case 1:
      return byReference(
        'INFERRED FROM',
        Array.from({ length: random.between(0, 6) }, () => random.below(5)),
      );
    case 2:
      return outline(
        random.of(['POLYLINE', 'POLYGON', 'POINT', 'MULTIPOINT', '']),
        Array.from({ length: random.between(0, 80) }, point),
        random.of(['1.2.3.4.1', '', '9'.repeat(80), '../x']),
        random.of([null, 0, 1, 7, -3, 4_000_000]),
      );
    case 3:
      return coded(
        random.of<BuiltCode>([
          ['121404', 'DCM', 'Selection Status'],
          ['363698007', 'SCT', 'Finding Site'],
          ['370129005', 'SCT', 'Measurement Method'],
        ]),
        random.of<BuiltCode>([
          ['121412', 'DCM', 'Mean value chosen'],
          ['T-32600', 'SRT', 'Left Ventricle'],
          ['', '', ''],
          ['125207', 'DCM', 'y'.repeat(3000)],
        ]),
      );
    default:
      return container(
        random.of<BuiltCode>([
          ['125007', 'DCM', 'Measurement Group'],
          ['121070', 'DCM', 'Findings'],
          ['126010', 'DCM', 'Imaging Measurements'],
        ]),
        itemsBelow(random, depth),
      );
  }
}

const itemsBelow = (random: Random, depth: number): BuiltItem[] =>
  depth === 0 ? [] : Array.from({ length: random.below(6) }, () => anyItem(random, depth - 1));

/** A file with some bytes changed, left out, or its end missing. */
function spoilt(bytes: Uint8Array, random: Random): Uint8Array {
  const file = Uint8Array.from(bytes);
  for (let count = random.below(4); count > 0; count -= 1)
    file[random.between(132, file.length - 1)] = random.below(256);
  return random.below(4) === 0 ? file.subarray(0, random.between(132, file.length)) : file;
}

const reports: readonly [string, (random: Random) => BuiltItem][] = [
  ['numbers of a scanner', (random) => scannerReport(random.of(['srt', 'sct']))],
  [
    'items of any shape',
    (random) =>
      container(['126000', 'DCM', 'Imaging Measurement Report'], itemsBelow(random, random.between(1, 24))),
  ],
  [
    'one long way down',
    (random) =>
      Array.from({ length: random.between(1, 300) }).reduce<BuiltItem>(
        (inside) => container(['121070', 'DCM', 'Findings'], [inside]),
        number(edv, 100, 'ml'),
      ),
  ],
];

generators.push(
  ...reports.map(([name, tree]): Generator => ({
    name: `structured reports: ${name}`,
    make: (random) =>
      spoilt(
        buildReport(tree(random), {
          syntax: random.of(['implicit', 'explicit', 'big-endian', 'deflated']),
          undefinedLengths: random.below(2) === 0,
        }),
        random,
      ),
  })),
);

export function allGenerators(): readonly Generator[] {
  return generators;
}
