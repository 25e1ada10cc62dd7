import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import type { DicomOptions } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip } from '../application/workstation.ts';
import { builtModel } from '../inference/built-model.ts';
import { copyOfMicroModel, microModelFolder } from '../inference/micro-clip.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = temporaryFolders();
const rows = 128;
const columns = 112;
const pixels = rows * columns;

type Clip = Analysis['studies'][number]['clips'][number];

async function analyze(source: string, models: string) {
  const out = join(folder(), 'out');
  const argv = [
    ...['analyze', source, '--out', out, '--provider', 'cpu', '--models', models, '--view', 'a4c'],
    // What is drawn here is no heart, and would be recognised as none.
    '--no-recognise',
  ];
  const child = spawn(process.execPath, [join(root, 'main/cli/systola.ts'), ...argv], { cwd: root });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const file = join(out, 'analysis.json');
  expect(existsSync(file), stderr).toBe(true);
  const analysis = JSON.parse(readFileSync(file, 'utf8')) as Analysis;
  const clips = new Map(analysis.studies.flatMap((study) => study.clips).map((clip) => [clip.file, clip]));
  return { code, stderr, analysis, clip: (name: string) => clips.get(join(source, `${name}.dcm`)) };
}

/** A folder with clips by name, each an instance of its own. */
function folderOf(clips: Readonly<Record<string, DicomOptions>>): string {
  const source = folder();
  Object.entries(clips).forEach(([name, options], index) => {
    const sopInstanceUid = `1.2.7.${index + 1}`;
    writeFileSync(join(source, `${name}.dcm`), apicalClip({ sopInstanceUid, ...options }));
  });
  return source;
}

const codes = (clip: Clip | undefined) => clip?.findings.map(({ code }) => code) ?? [];
const message = (clip: Clip | undefined, code: string) =>
  clip?.findings.find((finding) => finding.code === code)?.message ?? '';
const tracedFrames = (clip: Clip | undefined) => clip?.traces.map(({ frame }) => frame) ?? [];

/** A smooth dark ellipse in a bright wall that beats. */
function sound(frame: number): Uint8Array {
  const picture = new Uint8Array(pixels);
  const scale = 1 - 0.2 * Math.sin((Math.PI * frame) / 8);
  for (let index = 0; index < pixels; index += 1) {
    const x = (index % columns) / columns - 0.5;
    const y = Math.floor(index / columns) / rows - 0.45;
    const away = Math.hypot(x / (0.17 * scale), y / (0.3 * scale));
    picture[index] = (away < 1 ? 12 : away < 1.5 ? 150 : 60) + 10 * Math.sin(index / 5 + frame);
  }
  return picture;
}

/** White noise, the same in every run. */
function noise(frame: number): Uint8Array {
  let state = 1 + frame;
  return Uint8Array.from({ length: pixels }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

describe('systola analyze over pictures without an echo', { timeout: 240_000 }, () => {
  let result: Awaited<ReturnType<typeof analyze>>;

  beforeAll(async () => {
    const flow = (frame: number) => {
      const rgb = new Uint8Array(3 * pixels);
      sound(frame).forEach((grey, index) => {
        const inBox =
          index % columns > 30 && index % columns < 70 && index > 40 * columns && index < 80 * columns;
        rgb.set(inBox ? [220, 30, 20] : [grey, grey, grey], 3 * index);
      });
      return rgb;
    };
    const source = folderOf({
      sound: { pixels: sound },
      'black-frame': {
        pixels: (frame) => (frame === 0 || frame === 3 ? new Uint8Array(pixels) : sound(frame)),
      },
      black: { pixels: () => new Uint8Array(pixels) },
      grey: { pixels: () => new Uint8Array(pixels).fill(90) },
      noise: { pixels: noise },
      still: { frames: 1, frameTimeMs: null, pixels: sound },
      flow: { photometric: 'RGB', pixels: flow },
      parasternal: {
        pixels: sound,
        view: { code: '399139001', scheme: 'SCT', meaning: 'Parasternal long axis' },
      },
    });
    const { folder: models, remove } = await builtModel('plain');
    result = await analyze(source, models);
    await remove();
  }, 240_000);

  it('takes all of them, and says something of each', () => {
    expect(result.code, result.stderr).toBe(0);
    expect(result.analysis.rejected).toEqual([]);
    for (const clip of result.analysis.studies.flatMap((study) => study.clips)) {
      expect(clip.findings, clip.file).not.toEqual([]);
    }
  });

  it('contours no black frame, names it, and goes on beyond it', () => {
    const clip = result.clip('black-frame');
    const others = tracedFrames(result.clip('sound')).filter((frame) => frame !== 0 && frame !== 3);
    expect(others.length).toBeGreaterThan(2);
    expect(tracedFrames(clip)).toEqual(others);
    expect(message(clip, 'empty-frames')).toMatch(/frames 1\D+4\D+2 of 8/);
    expect(codes(clip)).not.toContain('no-contour');
    expect(codes(result.clip('sound'))).not.toContain('empty-frames');
  });

  it('contours nothing in a grey loop, whose picture stands still, and refuses its numbers', () => {
    const clip = result.clip('grey');
    expect(tracedFrames(clip)).toEqual([]);
    expect(clip?.measurements).toEqual([]);
    expect(clip?.findings[0]).toMatchObject({ code: 'frozen-picture', severity: 'refusal' });
  });

  it.each(['black', 'noise'])('contours nothing in a %s loop and refuses its numbers', (name) => {
    const clip = result.clip(name);
    expect(tracedFrames(clip)).toEqual([]);
    expect(clip?.measurements).toEqual([]);
    expect(message(clip, 'empty-frames')).toContain('8 of 8');
    expect(clip?.findings[0]).toMatchObject({ code: 'no-contour', severity: 'refusal' });
  });

  it('gives no EF of a still, and flags colour', () => {
    const still = result.clip('still');
    expect(still?.measurements.filter(({ name }) => name === 'EF')).toEqual([]);
    expect(codes(still)).toContain('not-traced');
    expect(tracedFrames(still)).toEqual([]);
    expect(codes(result.clip('flow'))).toContain('colour-overlay');
  });

  it('traces nothing in a view that is not apical', () => {
    const clip = result.clip('parasternal');
    expect(clip?.view.code).toBe('other');
    expect(clip).toMatchObject({ traces: [], measurements: [] });
    expect(codes(clip)).toEqual(['not-traced']);
  });
});

describe('systola analyze with a model that goes wrong', { timeout: 240_000 }, () => {
  /** One frame with a patch so white that the built models stumble over it. */
  const white = (frame: number) => {
    const picture = sound(frame);
    if (frame === 2) picture.fill(255, 20 * columns, 44 * columns);
    return picture;
  };
  const source = () => folderOf({ clip: { pixels: white } });

  it('has no contour where its memory was spoilt, and says so', async () => {
    const { folder: models, remove } = await builtModel('nan-memory');
    const { code, clip, analysis } = await analyze(source(), models);
    await remove();
    expect(code).toBe(0);
    expect(analysis.rejected).toEqual([]);
    expect(tracedFrames(clip('clip'))).not.toContain(2);
    expect(message(clip('clip'), 'not-analysed')).toContain('frame 3');
  });

  it.each([
    ['gives no probabilities', () => builtModel('logits-in-light'), 'model-invalid'],
    [
      'is cut off, with the hash of what is left',
      () => copyOfMicroModel((_, graph) => graph.subarray(0, graph.length >> 1)),
      'model-invalid',
    ],
    [
      'lies about its memory',
      () => copyOfMicroModel((manifest) => void (manifest.graph.state[0]!.shape = [1, 1, 8, 16])),
      'model-invalid',
    ],
    [
      'has a manifest that is none',
      async () => {
        const models = folder();
        mkdirSync(join(models, 'micro'));
        writeFileSync(join(models, 'micro', 'manifest.json'), '{"schema": "systola-model/1"}');
        writeFileSync(
          join(models, 'micro', 'model.onnx'),
          readFileSync(join(microModelFolder, 'model.onnx')),
        );
        return { folder: models, remove: async () => {} };
      },
      'model-invalid',
    ],
  ])('rejects the clip when the model %s', async (_, build, reason) => {
    const { folder: models, remove } = await build();
    const { code, analysis } = await analyze(source(), models);
    await remove();
    expect(code).toBe(1);
    expect(analysis.model).toBeNull();
    expect(analysis.rejected).toMatchObject([{ code: reason }]);
    expect(analysis.studies.flatMap((study) => study.clips)).toEqual([]);
  });
});
