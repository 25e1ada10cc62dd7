import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { addCorrection } from '../../fixtures/models/correction.ts';
import { microModelFolder, sha256Of } from '../../fixtures/models/model-folder.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { beatingSop, layeredBeatingClip } from '../../end-to-end/beating-clip.ts';
import { structureLevels, threeStructuresFolder } from '../../fixtures/models/three-structures.ts';
import { apicalClip, clipUid } from '../application/workstation.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = temporaryFolders();
const frame = 1;

function analyze(
  argv: readonly string[],
  modelFolder = join(root, 'test/fixtures/micro-model/..'),
  views = ['--no-recognise'],
) {
  const command = [join(root, 'main/cli/systola.ts'), 'analyze', ...argv, '--provider', 'cpu', ...views];
  const models = ['--models', modelFolder];
  const { status, stderr } = spawnSync(process.execPath, [...command, ...models], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stderr };
}

const read = (out: string): Analysis =>
  JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as Analysis;
type Trace = Analysis['studies'][number]['clips'][number]['traces'][number];
const tracesOf = (out: string): readonly Trace[] => read(out).studies[0]!.clips[0]!.traces;

function shifted(trace: Trace, dx: number) {
  const move = ([x, y]: readonly [number, number]): [number, number] => [x + dx, y];
  return {
    ...trace,
    points: trace.points.map(move),
    hinges: trace.hinges && [move(trace.hinges[0]), move(trace.hinges[1])],
    apex: trace.apex && move(trace.apex),
  };
}

describe('systola analyze --correct', () => {
  let home = '';
  let clip = '';
  let drawn: readonly Trace[] = [];
  let traced: Trace;
  const given = (corrections: unknown[], sopInstanceUid = clipUid): string => {
    const file = join(folder(), 'corrections.json');
    writeFileSync(file, JSON.stringify({ clips: [{ sopInstanceUid, corrections }] }));
    return file;
  };
  const run = (file: string, ...options: string[]) => {
    const out = folder();
    return { out, ...analyze([clip, '--out', out, '--correct', file, ...options]) };
  };

  beforeAll(() => {
    // It outlives the single tests, whose folders go with them.
    home = mkdtempSync(join(tmpdir(), 'corrections-'));
    clip = join(home, 'a4c.dcm');
    writeFileSync(clip, apicalClip());
    const out = join(home, 'out');
    expect(analyze([clip, '--out', out])).toMatchObject({ status: 0 });
    drawn = tracesOf(out);
    traced = drawn.find((one) => one.frame === frame)!;
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('takes a contour of analysis.json back, edited, and moves its neighbours', () => {
    const { out, status } = run(given([{ frame, trace: shifted(traced, 5) }]));
    expect(status).toBe(0);
    const after = tracesOf(out);
    const corrected = after.find((one) => one.frame === frame)!;
    expect(corrected).toMatchObject({ source: 'edited', confidence: null, propagatedFrom: null });
    expect(corrected.points).toEqual(shifted(traced, 5).points);
    const beside = after.find((one) => one.frame === frame + 1)!;
    expect(beside).toMatchObject({ source: 'propagated', propagatedFrom: [frame] });
    const before = drawn.find((one) => one.frame === frame + 1)!;
    beside.points.forEach(([x], index) => expect(x - before.points[index]![0]).toBeGreaterThan(3));
    // The other frames are the model's, to the last digit.
    for (const one of after.filter(({ source }) => source === 'model')) {
      expect(one).toEqual(drawn.find((other) => other.frame === one.frame));
    }
  });

  it('takes the ends of wall and atrium along, on the corrected frame and on those that follow it', () => {
    const models = folder();
    threeStructuresFolder(models);
    const layered = join(folder(), 'layered.dcm');
    writeFileSync(layered, layeredBeatingClip(structureLevels));
    const plain = folder();
    expect(analyze([layered, '--out', plain], models)).toMatchObject({ status: 0 });
    const of = (traces: readonly Trace[], structure: string, at: number) =>
      traces.find((one) => one.structure === structure && one.frame === at)!;
    const corrected = shifted(of(tracesOf(plain), 'lv-cavity', 3), 5);
    const file = given([{ frame: 3, trace: corrected }], beatingSop);
    const out = folder();
    expect(analyze([layered, '--out', out, '--correct', file], models)).toMatchObject({ status: 0 });
    const after = tracesOf(out);
    for (const at of [3, 4]) {
      const { hinges } = of(after, 'lv-cavity', at);
      for (const structure of ['lv-wall', 'left-atrium']) {
        expect(of(after, structure, at).hinges).toEqual(hinges);
        expect(of(after, structure, at)).toMatchObject({ source: 'propagated', propagatedFrom: [3] });
      }
    }
    expect(of(after, 'lv-wall', 25)).toEqual(of(tracesOf(plain), 'lv-wall', 25));
  });

  it('says of a clip that is recognised as another view that its corrections give no numbers, and exits 1', () => {
    const out = folder();
    const file = given([{ frame, trace: traced }]);
    // A drawn heart looks like no apical view.
    const { status, stderr } = analyze([clip, '--out', out, '--correct', file], undefined, []);
    expect(status).toBe(1);
    expect(stderr).toContain('is corrected but has no numbers');
    expect(stderr).toContain('--no-recognise');
    expect(tracesOf(out).map((one) => [one.frame, one.source])).toContainEqual([frame, 'edited']);
    expect(read(out).rejected).toHaveLength(1);
  });

  it('fits contours to polygons of a COCO file, and tells what it leaves out', () => {
    const polygon = tracePolyline({
      ...{ points: shifted(traced, 5).points, source: { kind: 'manual' }, confidence: null },
      apexIndex: traced.points.findIndex(([x, y]) => x === traced.apex![0] && y === traced.apex![1]),
    }).flatMap(([x, y]) => [x + 0.5, y + 0.5]);
    const coco = {
      images: [{ id: 5, file_name: `default/${clipUid}/frame_000001.png`, width: 112, height: 128 }],
      categories: [
        { id: 1, name: 'Left ventricle' },
        { id: 2, name: 'valve' },
      ],
      annotations: [
        { id: 1, image_id: 5, category_id: 1, segmentation: [polygon] },
        { id: 2, image_id: 5, category_id: 2, segmentation: [polygon] },
      ],
    };
    const file = join(folder(), 'instances_default.json');
    writeFileSync(file, JSON.stringify(coco));
    const { out, status, stderr } = run(file, '--propagate', 'none');
    expect(status).toBe(1);
    expect(stderr).toContain('1 annotation is left out: the category "valve" is no structure.');
    expect(read(out).rejected).toMatchObject([{ code: 'bad-request', file }]);
    const after = tracesOf(out);
    const fitted = after.find((one) => one.frame === frame)!;
    expect(fitted).toMatchObject({ source: 'fitted', confidence: null });
    const moved = shifted(traced, 5);
    for (const [index, [x, y]] of [fitted.hinges![0], fitted.hinges![1]].entries()) {
      expect(Math.hypot(x - moved.hinges![index]![0], y - moved.hinges![index]![1])).toBeLessThan(0.1);
    }
    expect(after.filter(({ source }) => source === 'model')).toHaveLength(after.length - 1);

    coco.images[0]!.width = 100;
    writeFileSync(file, JSON.stringify(coco));
    const other = run(file);
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('is another: it has 100 × 128 pixels, the clip 112 × 128.');
    coco.images[0]!.id = 0.5;
    writeFileSync(file, JSON.stringify(coco));
    const wrong = run(file);
    expect(wrong.status).toBe(64);
    expect(wrong.stderr).toContain('images.0.id');
  });

  it('moves nothing else where it is told so', () => {
    const { out, status } = run(given([{ frame, trace: shifted(traced, 5) }]), '--propagate', 'none');
    expect(status).toBe(0);
    const after = tracesOf(out);
    expect(after.map(({ source }) => source)).toEqual(
      drawn.map((one) => (one.frame === frame ? 'edited' : 'model')),
    );
  });

  it('goes through the correction network of the model, and says what cannot be had of it', () => {
    const models = folder();
    const micro = microModelFolder(models, 'micro');
    addCorrection(micro);
    const file = given([{ frame, trace: shifted(traced, 5) }]);
    const carry = (...options: string[]) => {
      const out = folder();
      return { out, ...analyze([clip, '--out', out, '--correct', file, ...options], models) };
    };
    const sourcesOf = (out: string) =>
      tracesOf(out).map((one) => [one.frame, one.source, one.propagatedFrom]);
    const byNetwork = carry('--propagate', 'memory');
    expect(byNetwork).toMatchObject({ status: 0 });
    expect(sourcesOf(byNetwork.out)).toContainEqual([frame + 1, 'propagated', [frame]]);
    const propagationOf = (out: string) => read(out).studies[0]!.clips[0]!.propagation;
    const network = sha256Of(readFileSync(join(micro, 'correction.onnx')));
    expect(propagationOf(byNetwork.out)).toMatchObject({ way: 'memory', anchors: [frame], sha256: network });
    const beside = (out: string) => tracesOf(out).find((one) => one.frame === frame + 1)!.points;
    const before = drawn.find((one) => one.frame === frame + 1)!.points;
    expect(Math.max(...beside(byNetwork.out).map(([x], index) => x - before[index]![0]))).toBeGreaterThan(2);

    rmSync(join(micro, 'correction.onnx'));
    const refused = carry('--propagate', 'memory');
    expect(refused.status).toBe(1);
    expect(read(refused.out).rejected).toMatchObject([{ file, code: 'model-not-found' }]);
    expect(sourcesOf(refused.out)).not.toContainEqual([frame + 1, 'propagated', [frame]]);
    const instead = carry();
    expect(instead.status).toBe(0);
    expect(instead.stderr).toMatch(/carried by displacement.*correction network.*Put back/);
    expect(sourcesOf(instead.out)).toContainEqual([frame + 1, 'propagated', [frame]]);
    const { sha256: ofModel } = read(instead.out).model!;
    expect(propagationOf(instead.out)).toMatchObject({ way: 'displacement', sha256: ofModel });
  });

  /** A mask beside a file of corrections. */
  const writeMask = (file: string, name: string, isInside: (x: number, y: number) => boolean): void => {
    const mask = new PNG({ width: 112, height: 128, colorType: 0 });
    for (let y = 0; y < 128; y++) {
      for (let x = 0; x < 112; x++) {
        const level = isInside(x, y) ? 255 : 0;
        mask.data.set([level, level, level, 255], 4 * (y * 112 + x));
      }
    }
    writeFileSync(join(file, '..', name), PNG.sync.write(mask, { colorType: 0, inputColorType: 6 }));
  };

  it('makes a contour of a mask, named beside the file', () => {
    const file = given([{ frame, mask: 'es.png' }]);
    writeMask(file, 'es.png', (x, y) => Math.hypot((x - 56) / 18, (y - 58) / 36) < 1);
    const { out, status, stderr } = run(file);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { points, source } = tracesOf(out).find((one) => one.frame === frame)!;
    expect(source).toBe('edited');
    const xs = points.map(([x]) => x);
    expect(Math.min(...xs)).toBeCloseTo(38, -1);
    expect(Math.max(...xs)).toBeCloseTo(74, -1);
  });

  it('makes contours of masks of wall and atrium on the hinges of the cavity that is given with them', () => {
    const base = 84;
    const file = given([
      { frame, structure: 'left-atrium', mask: 'atrium.png' },
      { frame, structure: 'lv-wall', mask: 'wall.png' },
      { frame, mask: 'cavity.png' },
    ]);
    writeMask(file, 'cavity.png', (x, y) => y <= base && Math.hypot((x - 56) / 18, (y - 60) / 40) < 1);
    writeMask(file, 'wall.png', (x, y) => y <= base && Math.hypot((x - 56) / 27, (y - 60) / 50) < 1);
    writeMask(file, 'atrium.png', (x, y) => y > base && Math.hypot((x - 56) / 20, (y - 100) / 24) < 1);
    const { out, status, stderr } = run(file, '--propagate', 'none');
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const of = (structure: string): Trace =>
      tracesOf(out).find((one) => one.frame === frame && one.structure === structure)!;
    const { hinges } = of('lv-cavity');
    expect(of('lv-wall').hinges).toEqual(hinges);
    expect(of('left-atrium').hinges).toEqual(hinges);
    const xs = of('lv-wall').points.map(([x]) => x);
    expect(Math.min(...xs)).toBeCloseTo(29, -0.5);
    expect(Math.max(...xs)).toBeCloseTo(83, -0.5);
    expect(of('left-atrium').apex![1]).toBeCloseTo(124, -0.5);
  });

  it('says why masks beside the cavity give no contour', () => {
    const file = given([{ frame, structure: 'left-atrium', mask: 'atrium.png' }]);
    writeMask(file, 'atrium.png', (x, y) => x < 3 && y < 3);
    const { out, status } = run(file);
    expect(status).toBe(1);
    expect(read(out).rejected.map(({ reason }) => reason)).toEqual([
      `The mask of frame ${frame} of a4c.dcm holds nothing that is left-atrium.`,
    ]);
  });

  it('names a clip and a frame that are not there, makes the others, and exits 1', () => {
    const file = given([
      { frame, trace: shifted(traced, 2) },
      { frame: 99, trace: shifted(traced, 2) },
    ]);
    const { out, status, stderr } = run(file);
    expect(status).toBe(1);
    expect(stderr).toContain('no frame 99');
    expect(read(out).rejected).toEqual([
      { file, code: 'not-found', reason: expect.stringContaining('frame 99') as string },
    ]);
    expect(tracesOf(out).find((one) => one.frame === frame)!.source).toBe('edited');
    const other = run(given([{ frame, trace: shifted(traced, 2) }], '1.2.3.999'));
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('1.2.3.999');
  });

  it('leaves out a contour that crosses itself or is none, by clip and frame, and exits 1', () => {
    const good = shifted(traced, 2);
    const { points } = good;
    // Two points of one wall exchanged with two of the other.
    const crossing = points
      .with(2, points.at(-3)!)
      .with(3, points.at(-4)!)
      .with(-3, points[2]!)
      .with(-4, points[3]!);
    const [x, y] = points[0]!;
    const flat = points.map((_, index) => [x + index / 1000, y] as const);
    const file = given([
      { frame, trace: good },
      { frame: frame + 1, trace: { ...good, points: crossing } },
      { frame: frame + 2, trace: { ...good, points: flat, hinges: [flat[0], flat.at(-1)], apex: flat[4] } },
    ]);
    const { out, status, stderr } = run(file, '--propagate', 'none');
    expect(status).toBe(1);
    expect(stderr).toContain(`(${clipUid}), frame ${frame + 1}: the contour crosses itself`);
    expect(stderr).toContain(`(${clipUid}), frame ${frame + 2}: the contour`);
    expect(read(out).rejected.map(({ code }) => code)).toEqual(['bad-request', 'bad-request']);
    const sources = tracesOf(out).map((one) => [one.frame, one.source]);
    expect(Object.fromEntries(sources)).toMatchObject({
      [frame]: 'edited',
      [frame + 1]: 'model',
      [frame + 2]: 'model',
    });
  });

  it.each([
    ['no JSON', '{'],
    ['no list', '{"clips": 3}'],
  ])('refuses a file that is %s with 64', (_words, text) => {
    const file = join(folder(), 'corrections.json');
    writeFileSync(file, text);
    expect(run(file).status).toBe(64);
  });

  it('refuses landmarks that are none, a frame given twice, masks that are none, and unknown ways with 64', () => {
    const good = shifted(traced, 2);
    const refused: [unknown[], string][] = [
      [[{ frame, trace: { ...good, hinges: [good.points[1], good.points.at(-1)] } }], 'hinges'],
      [[{ frame, trace: { ...good, apex: [1, 1] } }], 'apex'],
      [[{ frame, trace: { ...good, apex: good.points[0] } }], 'apex'],
      [[{ frame, trace: { ...good, points: good.points.slice(0, 3) } }], 'points'],
      [[{ frame, trace: good, mask: 'a.png' }], 'either'],
      [[{ frame }], 'either'],
      [[{ frame: -1, trace: good }], 'frame'],
      [[{ frame, structure: 'left-kidney', trace: good }], 'left-kidney'],
      [[{ frame, mask: 'gone.png' }], 'gone.png'],
      [
        [
          { frame, trace: good },
          { frame, trace: good },
        ],
        'twice',
      ],
    ];
    for (const [corrections, words] of refused) {
      const { status, stderr } = run(given(corrections));
      expect({ words, status }).toEqual({ words, status: 64 });
      expect(stderr).toContain(words);
    }
    const out = folder();
    expect(analyze([clip, '--out', out, '--correct', join(out, 'none.json')]).status).toBe(64);
    expect(analyze([clip, '--out', out, '--propagate', 'memory']).status).toBe(64);
    expect(run(given([{ frame, trace: good }]), '--propagate', 'sideways').status).toBe(64);
  });
});
