import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import schema from '../../../core/analysis/analysis.schema.json' with { type: 'json' };
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import {
  structureLevels,
  threeStructuresFolder,
  threeStructuresName,
} from '../../fixtures/models/three-structures.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { beatingSize, layeredBeatingClip } from '../../end-to-end/beating-clip.ts';
import { loopOf, viewClip } from '../../fixtures/views/view-clips.ts';
import { apicalClip } from '../application/workstation.ts';

const root = resolve(import.meta.dirname, '../../..');
const sample = join(root, 'assets/sample-study');
const folder = temporaryFolders();
const validate = new Ajv2020().compile(schema);

/** Root may read everything and nobody may not, if only they can reach this checkout. */
const nobodyMayRead =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, [join(root, 'main/cli/systola.ts'), '--help'], { uid: 65534 }).status === 0;
if (!nobodyMayRead) {
  console.log('Skipped: a folder that may not be read (only as root, in a checkout that others may read).');
}

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface HowToRun {
  readonly after?: (child: ReturnType<typeof spawn>) => void;
  readonly uid?: number;
  /** Folder for its temporary files instead of the one that other tests write into at the same time. */
  readonly temporary?: string;
  /** Further variables of its environment; undefined removes one. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

function systola(argv: readonly string[], how: HowToRun = {}): Promise<Outcome> {
  const { after, uid, temporary, variables } = how;
  const folders = temporary === undefined ? {} : { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const child = spawn(process.execPath, [join(root, 'main/cli/systola.ts'), ...argv], {
    cwd: root,
    ...(uid === undefined ? {} : { uid }),
    env: { ...process.env, ...folders, ...variables },
  });
  after?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done) => child.once('close', (code) => done({ code, stdout, stderr })));
}

async function analyze(paths: readonly string[], ...options: string[]) {
  const out = join(folder(), 'out');
  const outcome = await systola(['analyze', ...paths, '--out', out, '--provider', 'cpu', ...options]);
  const file = join(out, 'analysis.json');
  const analysis = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Analysis) : null;
  if (analysis !== null) expect(validate(analysis), JSON.stringify(validate.errors)).toBe(true);
  return { ...outcome, out, analysis };
}

describe('systola', () => {
  it('says how it is used', async () => {
    expect(await systola(['--help'])).toMatchObject({ code: 0 });
    expect((await systola(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect(await systola([])).toMatchObject({ code: 64, stdout: '' });
    expect(await systola(['anlyze'])).toMatchObject({ code: 64, stdout: '' });
    expect((await systola(['analyze', '--help'])).stdout).toContain('--masks');
  });
});

describe('systola analyze', { timeout: 180_000 }, () => {
  it('writes contours, masks that are the contours, numbers and a report', async () => {
    const clip = join(sample, 'a4c.dcm');
    const { code, out, analysis, stderr } = await analyze([clip], '--frames', '4-7', '--masks');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('a4c.dcm');
    expect(analysis).toMatchObject({
      notice: 'Research use only. Not for diagnostic use.',
      model: { name: 'gdkvm-small-camus', provider: 'cpu' },
      rejected: [],
    });
    const analysed = analysis?.studies[0]?.clips[0];
    expect(analysed).toMatchObject({ file: clip, view: { code: 'a4c', source: 'file' } });
    const cavities = analysed?.traces.filter(({ structure }) => structure === 'lv-cavity') ?? [];
    expect(cavities.map((trace) => trace.frame)).toEqual([4, 5, 6, 7]);
    expect(analysed?.timing.frameTimesMs).toHaveLength(analysed?.frames ?? -1);
    expect(analysed?.findings.map((finding) => finding.code)).toContain('analysis-incomplete');

    const masks = join(out, 'masks', analysed?.sopInstanceUid ?? '');
    const ofFrames = ['0004.png', '0005.png', '0006.png', '0007.png'];
    expect(readdirSync(masks)).toEqual([...ofFrames, 'left-atrium', 'lv-wall']);
    for (const trace of analysed?.traces ?? []) {
      const own = trace.structure === 'lv-cavity' ? masks : join(masks, trace.structure);
      const png = readFileSync(join(own, `${String(trace.frame).padStart(4, '0')}.png`));
      // Bit depth and colour type of IHDR: 8-bit grey.
      expect([png[24], png[25]]).toEqual([8, 0]);
      const { width, height, data } = PNG.sync.read(png);
      expect([height, width]).toEqual([analysed?.rows, analysed?.columns]);
      const apexIndex = trace.points.findIndex(([x, y]) => x === trace.apex?.[0] && y === trace.apex[1]);
      const expected = rasterizeTrace(
        { points: trace.points, apexIndex, source: { kind: 'manual' }, confidence: null },
        height,
        width,
      );
      expect(Buffer.from(data.filter((_, index) => index % 4 === 0)).equals(Buffer.from(expected))).toBe(
        true,
      );
      expect(new Set(expected)).toEqual(new Set([0, 255]));
    }
    expect(readFileSync(join(out, 'report.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect(readdirSync(out).sort()).toEqual(['analysis.json', 'masks', 'report.pdf']);
  });

  it('writes contours, masks and numbers of all structures that the model draws', async () => {
    const source = folder();
    writeFileSync(join(source, 'layered.dcm'), layeredBeatingClip(structureLevels));
    const models = folder();
    threeStructuresFolder(models);
    const run = ['--models', models, '--model', threeStructuresName, '--masks', '--no-recognise'];
    const { code, out, analysis, stderr } = await analyze([source], ...run);
    expect(code, stderr).toBe(0);
    const clip = analysis!.studies[0]!.clips[0]!;
    const masks = join(out, 'masks', clip.sopInstanceUid);
    for (const structure of ['lv-cavity', 'lv-wall', 'left-atrium']) {
      expect(clip.traces.filter((trace) => trace.structure === structure)).toHaveLength(beatingSize.frames);
      const own = structure === 'lv-cavity' ? masks : join(masks, structure);
      expect(readdirSync(own).filter((name) => name.endsWith('.png'))).toHaveLength(beatingSize.frames);
    }
    const names = new Set(clip.measurements.map(({ name }) => name));
    for (const name of ['LAV max', 'LV wall mid ED', 'Contour strain mid-wall'] as const) {
      expect(names.has(name), name).toBe(true);
    }
  });

  it('assumes a view only where neither file nor pictures tell one', async () => {
    const source = folder();
    const uids = (number: number) => ({ sopInstanceUid: `1.2.7.${number}`, studyInstanceUid: '1.2.7' });
    for (const [number, name] of [
      'four-chamber-on-a-screen',
      'two-chamber-still',
      'duplex-still',
    ].entries()) {
      const clip = viewClip(name);
      const [, rows, columns] = clip.shape;
      const pixels = loopOf(clip, 4);
      const file = apicalClip({ ...uids(number), rows, columns, frames: 4, pixels, regions: [] });
      writeFileSync(join(source, `${name}.dcm`), file);
    }
    cpSync(join(sample, 'a2c.dcm'), join(source, 'stated.dcm'));
    const viewsOf = (analysis: Analysis | null) =>
      Object.fromEntries(
        analysis?.studies.flatMap((study) => study.clips.map(({ file, view }) => [basename(file), view])) ??
          [],
      );
    const { code, analysis, stderr } = await analyze([source], '--view', 'a4c', '--frames', '0-1');
    expect(code).toBe(0);
    expect(viewsOf(analysis)).toEqual({
      'stated.dcm': { code: 'a2c', source: 'file' },
      'four-chamber-on-a-screen.dcm': { code: 'a4c', source: 'assumed' },
      'two-chamber-still.dcm': { code: 'a2c', source: 'recognised', certainty: expect.any(Number) as number },
      'duplex-still.dcm': { code: 'other', source: 'recognised', certainty: expect.any(Number) as number },
    });
    expect(stderr).toContain('views: 2 recognised from the pictures, 1 left open');
    const duplex = analysis?.studies
      .flatMap(({ clips }) => clips)
      .find(({ file }) => file.includes('duplex'));
    expect(duplex).toMatchObject({ traces: [], measurements: [], recognition: { code: 'other' } });

    const without = await analyze([source], '--view', 'a4c', '--frames', '0-1', '--no-recognise');
    expect(Object.values(viewsOf(without.analysis)).map((view) => view.source)).toEqual(
      expect.arrayContaining(['file', 'assumed', 'assumed', 'assumed']) as string[],
    );
    expect(without.stderr).not.toContain('views:');
  });

  it('writes one report for each study', async () => {
    const source = folder();
    writeFileSync(
      join(source, '1.dcm'),
      apicalClip({ studyInstanceUid: '1.2.1', sopInstanceUid: '1.2.1.1', frames: 2 }),
    );
    writeFileSync(
      join(source, '2.dcm'),
      apicalClip({ studyInstanceUid: '1.2.2', sopInstanceUid: '1.2.2.1', frames: 2 }),
    );
    const { code, out } = await analyze([source], '--view', 'other');
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['1.2.1', '1.2.2', 'analysis.json']);
    expect(existsSync(join(out, '1.2.1', 'report.pdf'))).toBe(true);
  });

  it('writes what --export names beside the report, and names what cannot be exported', async () => {
    const source = folder();
    const named = [
      '--frames',
      '0-3',
      '--no-recognise',
      '--export',
      'dicom,measurements-csv',
      '--export',
      'coco',
    ];
    writeFileSync(
      join(source, '1.dcm'),
      apicalClip({ studyInstanceUid: '1.2.1', sopInstanceUid: '1.2.1.1' }),
    );
    const whole = await analyze([source], ...named);
    expect(whole.code, whole.stderr).toBe(0);
    const kinds = (out: string) =>
      readdirSync(out, { recursive: true, encoding: 'utf8' })
        .map((name) => name.replace(/-undated-|-\d{4}-\d\d-\d\d-/, '-').replace(/-[0-9a-f]{10}\./, '.'))
        .filter((name) => name !== 'dicom')
        .sort();
    expect(kinds(whole.out).filter((name) => !name.startsWith('dicom/'))).toEqual([
      'analysis.json',
      'report.pdf',
      'systola-coco.json',
      'systola-measurements.csv',
    ]);
    expect(kinds(whole.out)).toEqual(
      expect.arrayContaining(['dicom/systola-measurements.dcm', 'dicom/systola-report.dcm']),
    );

    // A UID that DICOM has no place for: what is no DICOM is written all the same.
    writeFileSync(
      join(source, '2.dcm'),
      apicalClip({ studyInstanceUid: '1.2.02', sopInstanceUid: '1.2.2.1', patientId: 'B' }),
    );
    const partly = await analyze([source], ...named);
    expect(partly.code).toBe(1);
    const refused = partly.analysis?.rejected ?? [];
    expect(refused.map(({ file }) => file)).toEqual(refused.map(() => '1.2.02'));
    expect(refused.some(({ reason }) => reason.startsWith('dicom-measurements: '))).toBe(true);
    expect(kinds(partly.out).filter((name) => name === 'systola-measurements.csv')).toHaveLength(2);
    expect(kinds(partly.out).filter((name) => name === 'dicom/systola-measurements.dcm')).toHaveLength(1);
  });

  it('never puts two patients into one biplane, whatever study they claim', async () => {
    const source = folder();
    const view = (code: string, meaning: string) => ({ code, scheme: 'SCT', meaning });
    const both = { studyInstanceUid: '1.2.9', frames: 2 };
    const four = {
      ...both,
      sopInstanceUid: '1.2.9.1',
      patientId: 'A',
      view: view('399214001', 'Apical four chamber'),
    };
    const two = {
      ...both,
      sopInstanceUid: '1.2.9.2',
      patientId: 'B',
      view: view('399232001', 'Apical two chamber'),
    };
    writeFileSync(join(source, '1.dcm'), apicalClip(four));
    writeFileSync(join(source, '2.dcm'), apicalClip(two));
    const { code, analysis } = await analyze([source]);
    expect(code).toBe(0);
    expect(
      analysis?.studies.map(({ studyInstanceUid, patientId, clips }) => [
        studyInstanceUid,
        patientId,
        clips.length,
      ]),
    ).toEqual([
      ['1.2.9', 'A', 1],
      ['1.2.9', 'B', 1],
    ]);
    const methods = analysis?.studies.flatMap((study) => study.measurements.map(({ method }) => method));
    expect(methods).not.toContain('biplane-disks');
    const told = analysis?.studies.map(({ findings }) =>
      findings.some(({ code: finding }) => finding === 'different-patients'),
    );
    expect(told).toEqual([false, true]);
  });

  it('exits 1 when some files were refused, and says which and why', async () => {
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), apicalClip({ frames: 2 }));
    writeFileSync(join(source, 'cut.dcm'), apicalClip({ sopInstanceUid: '1.9' }).subarray(0, 900));
    writeFileSync(join(source, 'notes.txt'), 'notes');
    writeFileSync(join(source, 'same.dcm'), apicalClip({ frames: 3 }));
    const { code, analysis } = await analyze([source]);
    expect(code).toBe(1);
    expect(analysis?.studies[0]?.clips).toHaveLength(1);
    expect(analysis?.rejected.map(({ file, code: reason }) => [file, reason])).toEqual([
      [join(source, 'cut.dcm'), 'truncated'],
      [join(source, 'same.dcm'), 'duplicate-instance'],
      [join(source, 'notes.txt'), 'not-dicom'],
    ]);
  });

  it('exits 1 when a clip was read and could not be analysed', async () => {
    const source = folder();
    const encodedFrames = [0, 1].map(() => new Uint8Array(128).fill(0xff));
    writeFileSync(join(source, 'damaged.dcm'), apicalClip({ syntax: 'rle', frames: 2, encodedFrames }));
    const { code, analysis } = await analyze([source]);
    expect(code).toBe(1);
    expect(analysis?.rejected).toMatchObject([{ file: join(source, 'damaged.dcm') }]);
    // One place for each file: what could not be analysed is no clip.
    expect(analysis?.studies[0]?.clips).toEqual([]);
  });

  it('exits 1 when the frames that were asked for are not there', async () => {
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), apicalClip({ frames: 2 }));
    const { code, analysis } = await analyze([source], '--frames', '5-9', '--no-recognise');
    expect(code).toBe(1);
    expect(analysis?.rejected).toMatchObject([{ code: 'bad-request' }]);
  });

  it.skipIf(!nobodyMayRead)('exits 1 when a folder may not be read, and takes the rest', async () => {
    const source = folder();
    mkdirSync(join(source, 'closed'));
    writeFileSync(join(source, 'a.dcm'), apicalClip({ frames: 2 }));
    chmodSync(source, 0o755);
    chmodSync(join(source, 'closed'), 0);
    const out = folder();
    chmodSync(out, 0o777);
    // Root may read everything; nobody may not.
    const { code } = await systola(['analyze', source, '--out', out, '--provider', 'cpu'], { uid: 65534 });
    const analysis = JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as Analysis;
    expect(code).toBe(1);
    expect(analysis.rejected).toMatchObject([{ file: join(source, 'closed'), code: 'unreadable' }]);
    expect(analysis.studies[0]?.clips).toHaveLength(1);
  });

  it('exits 1 when the provider does not start, and says which would', async () => {
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), apicalClip({ frames: 2 }));
    const provider = process.platform === 'darwin' ? 'dml' : 'coreml';
    const { code, analysis } = await analyze([source], '--provider', provider, '--no-recognise');
    expect(code).toBe(1);
    expect(analysis?.rejected).toMatchObject([{ code: 'provider-unavailable' }]);
  });

  it('exits 1 when the model is not the file that its manifest names', async () => {
    const models = join(folder(), 'models');
    cpSync(join(root, 'test/fixtures/micro-model'), join(models, 'micro'), { recursive: true });
    appendFileSync(join(models, 'micro', 'model.onnx'), 'x');
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), apicalClip({ frames: 2 }));
    const { code, analysis } = await analyze([source], '--models', models, '--no-recognise');
    expect(code).toBe(1);
    expect(analysis).toMatchObject({ model: null, rejected: [{ code: 'model-hash-mismatch' }] });
  });

  it('exits 2 when nothing could be read', async () => {
    const source = folder();
    writeFileSync(join(source, 'notes.txt'), 'notes');
    mkdirSync(join(source, 'empty'));
    for (const [path, rejected] of [
      [join(source, 'notes.txt'), ['not-dicom']],
      [join(source, 'empty'), []],
      [join(source, 'gone'), ['not-found']],
    ] as const) {
      const { code, analysis } = await analyze([path]);
      expect(code).toBe(2);
      expect(analysis?.rejected.map((file) => file.code)).toEqual(rejected);
      expect(analysis?.studies).toEqual([]);
    }
  });

  it('exits 64 on bad usage and writes nothing', async () => {
    const clip = join(sample, 'a4c.dcm');
    for (const options of [
      ['--view', 'plax'],
      ['--frames', '3'],
      ['--provider', 'gpu'],
      ['--model', 'gone'],
      ['--x'],
    ]) {
      const { code, analysis } = await analyze([clip], ...options);
      expect(code, options.join(' ')).toBe(64);
      expect(analysis).toBeNull();
    }
    expect(await systola(['analyze', clip])).toMatchObject({ code: 64 });
    expect(await systola(['analyze', clip, '--out', clip])).toMatchObject({ code: 64 });
  });

  it('stops on Ctrl-C and leaves nothing', async () => {
    const temporary = folder();
    const out = join(folder(), 'out');
    let during: readonly string[] | null = null;
    const { code } = await systola(['analyze', join(sample, 'a4c.dcm'), '--out', out, '--provider', 'cpu'], {
      temporary,
      after: (child) => {
        child.stderr?.on('data', (text: Buffer) => {
          if (!text.includes('a4c.dcm')) return;
          during = readdirSync(temporary);
          child.kill('SIGINT');
        });
      },
    });
    expect(code).toBe(130);
    // It is this folder that the library lay in; else what follows would say nothing.
    expect(during).toEqual([expect.stringMatching(/^systola-analyze-/)]);
    expect(readdirSync(out)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('writes nothing but what it was asked for: the model library keeps no identifier and sends no events', async () => {
    const [temporary, home, out] = [folder(), folder(), join(folder(), 'out')];
    const { code } = await systola(['analyze', join(sample, 'a4c.dcm'), '--out', out, '--provider', 'cpu'], {
      temporary,
      // Where the library finds a build server it is silent by itself.
      variables: { HOME: home, XDG_CACHE_HOME: undefined, CI: undefined, ORT_DISABLE_TELEMETRY: undefined },
    });
    expect(code).toBe(0);
    expect([...readdirSync(temporary), ...readdirSync(home)]).toEqual([]);
  });

  it('refuses nothing that is only unusual: a still is a clip of one frame', async () => {
    const source = folder();
    writeFileSync(
      join(source, 'still.dcm'),
      buildDicom({ frames: 1, rows: 96, columns: 96, frameTimeMs: null }),
    );
    const { code, analysis } = await analyze([source]);
    expect(code).toBe(0);
    expect(analysis?.studies[0]?.clips[0]).toMatchObject({ frames: 1, timing: { frameTimesMs: [0] } });
    // A still shows no beat: it is listed and not traced.
    expect(analysis?.studies[0]?.clips[0]?.findings.map((finding) => finding.code)).toEqual(['not-traced']);
  });
});
