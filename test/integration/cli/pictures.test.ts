import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { buildDicom, type DicomOptions, type RegionOptions } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

/*
 * Clips that are no moving two-dimensional picture, or several, built at random places of the screen. They are run by
 * the command line with the micro model, which draws a ventricle into anything that it is shown.
 */

const root = resolve(import.meta.dirname, '../../..');
const folder = temporaryFolders();
const rows = 240;
const columns = 320;
const frames = 14;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Two places that do not meet: beside or below each other, in either order. */
const twoPlaces = fc
  .record({
    beside: fc.boolean(),
    exchanged: fc.boolean(),
    share: fc.double({ min: 0.35, max: 0.65, noNaN: true }),
    gap: fc.integer({ min: 2, max: 20 }),
  })
  .map(({ beside, exchanged, share, gap }): readonly [Place, Place] => {
    const length = beside ? columns : rows;
    const first = Math.floor(share * (length - gap));
    const second = length - first - gap;
    const places: [Place, Place] = beside
      ? [
          { x: 0, y: 0, width: first, height: rows },
          { x: first + gap, y: 0, width: second, height: rows },
        ]
      : [
          { x: 0, y: 0, width: columns, height: first },
          { x: 0, y: first + gap, width: columns, height: second },
        ];
    return exchanged ? [places[1], places[0]] : places;
  });

const region = ({ x, y, width, height }: Place, changes: Partial<RegionOptions> = {}): RegionOptions => ({
  spatialFormat: 1,
  dataType: 1,
  box: [x, y, x + width - 1, y + height - 1],
  deltaX: 0.06,
  deltaY: 0.06,
  ...changes,
});
const spectrum = (place: Place, mMode: boolean): RegionOptions =>
  region(
    place,
    mMode ? { spatialFormat: 2, unitsX: 4 } : { spatialFormat: 3, dataType: 3, unitsX: 4, unitsY: 7 },
  );

/** Waves with speckle on them: white noise would not be shown to a model. They depend on place and time alone. */
const level = (x: number, y: number, t: number): number =>
  110 +
  60 * Math.sin(x / 11 + 0.8 * t) * Math.cos(y / 9 - 0.5 * t) +
  ((((x * 73_856_093) ^ (y * 19_349_663) ^ (t * 83_492_791)) >>> 7) % 40);
const holds = ({ x, y, width, height }: Place, px: number, py: number): boolean =>
  px >= x && px < x + width && py >= y && py < y + height;

type Look = 'frozen' | 'moving' | 'scrolling';

function picture(parts: readonly (readonly [Place, Look])[]): NonNullable<DicomOptions['pixels']> {
  return (frame) =>
    Array.from({ length: rows * columns }, (_, index) => {
      const [px, py] = [index % columns, Math.floor(index / columns)];
      const part = parts.find(([place]) => holds(place, px, py));
      if (part === undefined) return 0;
      if (part[1] === 'frozen') return level(px, py, 0);
      return part[1] === 'moving' ? level(px, py, frame + 1) : level(px + 3 * frame, py, 0);
    });
}

interface Member {
  readonly name: string;
  readonly options: DicomOptions;
  /** The one place that contours may lie in; null where there may be none. */
  readonly traced: Place | null;
  readonly code: string;
}

const a2c = { code: '399232001', scheme: 'SCT', meaning: 'Apical two chamber' };

const member = fc
  .tuple(twoPlaces, fc.constantFrom('duplex', 'triplex', 'two', 'spectrum', 'still'), fc.boolean())
  .map(([[one, other], kind, flag]): Member => {
    switch (kind) {
      case 'duplex':
        return {
          name: kind,
          options: {
            regions: [region(one), spectrum(other, flag)],
            pixels: picture([
              [one, 'frozen'],
              [other, 'scrolling'],
            ]),
          },
          traced: null,
          code: 'frozen-picture',
        };
      case 'triplex':
        return {
          name: kind,
          options: {
            regions: [spectrum(other, flag), region(one)],
            pixels: picture([
              [one, 'moving'],
              [other, 'scrolling'],
            ]),
          },
          traced: one,
          code: '',
        };
      case 'two':
        return {
          name: kind,
          options: {
            regions: [region(one), region(other, flag ? { deltaX: 0.09, deltaY: 0.09 } : {})],
            pixels: picture([
              [one, 'moving'],
              [other, 'moving'],
            ]),
          },
          traced: null,
          code: 'several-pictures',
        };
      case 'spectrum':
        return {
          name: kind,
          options: { regions: [spectrum(one, flag)], pixels: picture([[one, 'scrolling']]) },
          traced: null,
          code: 'not-traced',
        };
      case 'still':
        return {
          name: kind,
          options: { regions: [region(one)], pixels: picture([[one, 'moving']]), frames: 1 },
          traced: null,
          code: 'not-traced',
        };
    }
  });

function analyze(path: string, out: string): Promise<{ code: number | null; stderr: string }> {
  const models = join(root, 'test/fixtures');
  const child = spawn(
    process.execPath,
    [
      ...[join(root, 'main/cli/systola.ts'), 'analyze', path, '--out', out],
      ...['--provider', 'cpu', '--models', models, '--model', 'gdkvm-micro-synthetic'],
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done) => child.once('close', (code) => done({ code, stderr })));
}

describe('what a clip shows', { timeout: 300_000 }, () => {
  it('decides what is contoured: only a moving two-dimensional picture, and nothing outside of it', async () => {
    const members = [
      ...fc.sample(member, { numRuns: 12, seed: 12 }),
      ...fc.sample(
        member.filter(({ name }) => name === 'duplex' || name === 'triplex'),
        { numRuns: 4, seed: 34 },
      ),
    ];
    const files = folder();
    members.forEach(({ options }, index) => {
      const uid = `1.2.826.0.1.${index + 1}`;
      writeFileSync(
        join(files, `${index}.dcm`),
        buildDicom({
          ...{ rows, columns, frames, view: a2c },
          ...options,
          ...{ sopInstanceUid: `${uid}.1`, studyInstanceUid: uid, seriesInstanceUid: `${uid}.2` },
          patientId: `P${index}`,
        }),
      );
    });
    const out = join(folder(), 'out');
    const { code, stderr } = await analyze(files, out);
    expect(code, stderr).toBe(0);
    const analysis = JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as Analysis;
    const clips = new Map(
      analysis.studies.flatMap((study) => study.clips.map((clip) => [clip.sopInstanceUid, { clip, study }])),
    );
    members.forEach(({ name, traced: place, code: finding }, index) => {
      const { clip, study } = clips.get(`1.2.826.0.1.${index + 1}.1`)!;
      const what = `${name} ${index}: ${JSON.stringify(clip.findings.map((one) => one.code))}`;
      if (place === null) {
        expect(clip.traces, what).toEqual([]);
        expect(clip.measurements, what).toEqual([]);
        expect(
          study.measurements.filter((one) => one.view !== null),
          what,
        ).toEqual([]);
        expect(
          clip.findings.map((one) => one.code),
          what,
        ).toContain(finding);
        expect(clip.view.code, what).toBe(name === 'two' ? 'unknown' : 'a2c');
        return;
      }
      // The model was shown what moves, and may have drawn into it.
      const codes = clip.findings.map((one) => one.code);
      expect(codes, what).not.toContain('frozen-picture');
      expect(codes, what).not.toContain('empty-frames');
      for (const { points } of clip.traces) {
        for (const [x, y] of points) {
          expect(x, what).toBeGreaterThan(place.x - 3);
          expect(x, what).toBeLessThan(place.x + place.width + 3);
          expect(y, what).toBeGreaterThan(place.y - 3);
          expect(y, what).toBeLessThan(place.y + place.height + 3);
        }
      }
    });
  });
});
