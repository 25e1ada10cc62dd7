import { buildDicom, transferSyntaxes, type DicomOptions, type SyntaxName } from '../fixtures/dicom/build.ts';
import fc from 'fast-check';
import { oddPart, withOddParts } from '../fixtures/dicom/odd-parts.ts';
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

export function allGenerators(): readonly Generator[] {
  return generators;
}
