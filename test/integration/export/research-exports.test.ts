import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import type { SessionInfo, StudyDocument } from '../../../core/api/requests.ts';
import type { Point } from '../../../core/geometry/point.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { structures } from '../../../core/structure/structure.ts';
import { tracesOf } from '../../../core/review/traces.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { runExport } from '../../../main/cli/export.ts';
import type { CocoDataSet } from '../../../main/export/research/coco.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { dice } from '../../unit/core/dice.ts';
import { atriaBelow, beatingTraces, wallsAround } from '../../unit/core/shapes.ts';
import { apicalClip, studyUid, upload, workstation } from '../application/workstation.ts';

const folder = temporaryFolders();
let complained = '';
beforeEach(() => {
  complained = '';
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation((text: string) => void (complained += `${text}\n`));
});
afterEach(() => vi.restoreAllMocks());

/** 500 × 700 pixels of 0.4 mm, as test/unit/core/shapes.ts draws into. */
const [rows, columns, frames] = [700, 500, 31];
const patient = { patientName: 'Gruß^Ada', patientId: '-4711,"x"' };
const clipOf = (view: 'a4c' | 'a2c', calibrated = true) =>
  apicalClip({
    ...patient,
    ...{ rows, columns, frames, sopInstanceUid: `${studyUid}.${view === 'a4c' ? 4 : 2}` },
    pixels: () => new Uint8Array(rows * columns).fill(60),
    view: {
      a4c: { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' },
      a2c: { code: '399232001', scheme: 'SCT', meaning: 'Apical two chamber' },
    }[view],
    regions: calibrated
      ? [
          {
            box: [0, 0, columns - 1, rows - 1] as [number, number, number, number],
            deltaX: 0.04,
            deltaY: 0.03,
          },
        ]
      : [],
  });

const cavities = beatingTraces(frames, 10, { source: { kind: 'manual' } });
/** Off the pixel grid: where a whole base line runs through centres of pixels, which side of it they are on is chance. */
const offGrid = (traces: Readonly<Record<number, Trace>>): Record<string, Trace> =>
  Object.fromEntries(
    Object.entries(traces).map(([frame, trace]) => [
      frame,
      { ...trace, points: trace.points.map(([x, y]): Point => [x + 0.3, y + 0.2]) },
    ]),
  );
const drawn = {
  'lv-cavity': offGrid(cavities),
  'lv-wall': offGrid(wallsAround(cavities)),
  'left-atrium': offGrid(atriaBelow(cavities)),
};
const formats = ['json', 'measurements-csv', 'contours-csv', 'columns-csv', 'coco'];

let signed = '';
let review: StudyReview;
beforeAll(async () => {
  signed = mkdtempSync(join(tmpdir(), 'systola-signed-'));
  review = await signStudy(signed);
}, 120_000);
afterAll(() => rmSync(signed, { recursive: true, force: true }));

/** The library of {@link signStudy}, for one test to do with as it likes. */
function signedLibrary(): string {
  const path = folder();
  cpSync(signed, path, { recursive: true });
  return path;
}

/** Makes a library with a biplane study of three structures that its reader has signed; returns what it says. */
async function signStudy(path: string): Promise<StudyReview> {
  const station = await workstation(path);
  const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const record = async (...changes: unknown[]) => {
    const { head } = await document();
    const answer = await station.send('POST', `studies/${studyUid}/revisions`, {
      head,
      label: 'drew',
      changes,
    });
    expect(answer.status, await answer.clone().text()).toBe(201);
  };
  await station.json('PUT', 'settings', { reader: '=Dr "Ada", PhD' });
  await upload(station.application, { 'a4c.dcm': clipOf('a4c'), 'a2c.dcm': clipOf('a2c') });
  for (const uid of [`${studyUid}.4`, `${studyUid}.2`]) {
    for (const [structure, traces] of Object.entries(drawn)) {
      await record(
        ...Object.entries(traces).map(([frame, after]) => ({
          ...{ slot: 'trace', structure, sopInstanceUid: uid, frame: Number(frame), before: null, after },
        })),
      );
    }
  }
  const { body } = (await document()).review;
  const own = (value: unknown) => ({ value, source: 'user' });
  const after = { ...body, sex: own('female'), heightCm: own(170), weightKg: own(70), heartRateBpm: own(61) };
  await record({ slot: 'body', before: body, after });
  await record({ slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } });
  const { review } = await document();
  await station.application.close();
  return review;
}

async function exported(library: string, ...options: string[]): Promise<Record<string, string>> {
  const out = folder();
  const argv = [studyUid, '--library', library, '--out', out, '--formats', formats.join(','), ...options];
  expect(await runExport(argv), complained).toBe(0);
  return Object.fromEntries(
    readdirSync(out).map((name) => [/^systola-([a-z]+)-/.exec(name)?.[1] ?? name, join(out, name)]),
  );
}

interface ReadByPython {
  readonly csv: readonly [Record<string, string>[], Record<string, string>[]];
  readonly points: number;
  readonly pandas: {
    values: (number | null)[];
    beats: (number | null)[];
    meanEf: number;
    contours: number;
    sumX: number;
  } | null;
  readonly masks: { sopUid: string; frame: number; structure: string; runs: number[] }[] | null;
}

/** null where there is no Python, with a line. */
function readByPython(files: Record<string, string>): ReadByPython | null {
  const script = join(import.meta.dirname, 'read_research_exports.py');
  const paths = ['measurements', 'contours', 'columns', 'coco'].map((content) => files[content] ?? '');
  const python = process.env['SYSTOLA_PYTHON'] ?? 'python3';
  try {
    const text = execFileSync(python, [script, ...paths], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return JSON.parse(text) as ReadByPython;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    console.info('Python is not installed: the tables are read by this test alone');
    return null;
  }
}

const read = (path: string | undefined) => readCsv(new Uint8Array(readFileSync(path ?? '')));
const json = <T>(path: string | undefined) => JSON.parse(readFileSync(path ?? '', 'utf8')) as T;
const number = (text: string | undefined) => (text === '' || text === undefined ? null : Number(text));

describe('research exports of a signed biplane study', () => {
  it('hold the numbers, contours and masks of analysis.json, as other programs read them', async () => {
    const files = await exported(signedLibrary());
    const analysis = json<Analysis>(files['analysis']).studies[0]!;

    const table = read(files['measurements']);
    const numbers = [
      ...analysis.measurements.map((one) => ({ ...one, uid: '' })),
      ...analysis.clips.flatMap(({ sopInstanceUid: uid, measurements }) =>
        measurements.map((one) => ({ ...one, uid })),
      ),
    ];
    expect(numbers.length).toBeGreaterThan(100);
    expect(
      table.map((row) => [
        row['sop_uid'],
        row['measurement'],
        row['method'],
        row['view'],
        number(row['beat']),
      ]),
    ).toEqual(numbers.map(({ uid, name, method, view, beat }) => [uid, name, method, view ?? '', beat]));
    expect(table.map(({ value, unit }) => [number(value), unit])).toEqual(
      numbers.map(({ value, unit }) => [value, unit]),
    );
    for (const row of table) {
      const clip = analysis.clips.find(({ sopInstanceUid }) => sopInstanceUid === row['sop_uid']);
      const beat = row['beat'] === '' ? undefined : clip?.beats[Number(row['beat'])];
      expect([number(row['ed_frame']), number(row['es_frame'])]).toEqual([
        beat?.edFrame ?? null,
        beat?.esFrame ?? null,
      ]);
      expect(row).toMatchObject({
        ...{ study_uid: studyUid, patient_id: '', patient_name: '', model: '', refused_by: '' },
        ...{ decision: 'accepted', decided_by: `'=Dr "Ada", PhD` },
        ...{ notice: 'Research use only. Not for diagnostic use.' },
      });
    }
    const found = (measurement: string, level = 'study') =>
      table.find((row) => row['measurement'] === measurement && row['level'] === level);
    expect(found('EF')).toMatchObject({
      ...{ view: 'biplane', view_source: 'file', source_clips: `${studyUid}.4;${studyUid}.2` },
      ...{ calibration_source: 'region', code_scheme: 'LN', code: '18043-0', structure: 'lv-cavity' },
      ...{ edited: 'yes', phase: '', beat: '' },
    });
    expect(found('EF')?.['frames']).toMatch(/^\d+(;\d+)*\|\d+(;\d+)*$/);
    expect(found('CI')).toMatchObject({ heart_rate_source: 'entered', bsa_formula: 'du-bois' });
    expect(found('BSA')).toMatchObject({ source_clips: '', edited: '', structure: '' });
    expect(found('EF', 'clip')).toMatchObject({ beat: '0', beat_included: 'yes' });

    const points = read(files['contours']);
    const traces = analysis.clips.flatMap(({ sopInstanceUid, traces, calibration }) =>
      traces.map((trace) => ({ ...trace, sopInstanceUid, calibration })),
    );
    expect(traces).toHaveLength(2 * 3 * frames);
    const ownPoints = points.filter(({ kind }) => kind !== 'outline');
    expect(
      ownPoints.map((row) => [
        ...[row['sop_uid'], row['structure'], Number(row['frame']), Number(row['point'])],
        ...[Number(row['x_px']), Number(row['y_px']), row['source'], row['confidence']],
      ]),
    ).toEqual(
      traces.flatMap(({ sopInstanceUid, structure, frame, points, source }) =>
        points.map(([x, y], point) => [sopInstanceUid, structure, frame, point, x, y, source, '']),
      ),
    );
    expect(
      ownPoints
        .filter(({ kind }) => kind === 'apex')
        .map((row) => [Number(row['x_px']), Number(row['y_px'])]),
    ).toEqual(traces.map(({ apex }) => apex));
    expect(ownPoints.filter(({ kind }) => kind === 'hinge')).toHaveLength(2 * traces.length);
    for (const row of points) {
      const { mmPerPixelX, mmPerPixelY } = traces[0]!.calibration!;
      expect(Number(row['sx_mm'])).toBe(mmPerPixelX);
      expect(Math.abs(Number(row['x_mm']) - Number(row['x_px']) * mmPerPixelX)).toBeLessThan(6e-5);
      expect(Math.abs(Number(row['y_mm']) - Number(row['y_px']) * mmPerPixelY)).toBeLessThan(6e-5);
    }
    expect(new Set(points.filter(({ frame }) => frame === '0').map(({ phase }) => phase))).toEqual(
      new Set(['ed']),
    );

    const coco = json<CocoDataSet>(files['coco']);
    expect(coco.annotations).toHaveLength(traces.length);
    expect(coco.images).toHaveLength(2 * frames);
    const image = coco.images.find(({ sop_uid, frame }) => sop_uid === `${studyUid}.4` && frame === 12);
    expect(image).toMatchObject({
      ...{ file_name: `${studyUid}.4/frame_000012.png`, width: 500, height: 700, view: 'a4c' },
    });
    expect(coco.categories.map(({ id, name }) => [id, name])).toEqual([
      [1, 'lv-cavity'],
      [2, 'lv-wall'],
      [3, 'left-atrium'],
    ]);

    const described = read(files['columns']);
    for (const [name, rows] of [
      ['measurements', table],
      ['contours', points],
    ] as const) {
      expect(described.filter(({ table }) => table === name).map(({ column }) => column)).toEqual(
        Object.keys(rows[0]!),
      );
    }

    const python = readByPython(files);
    if (python === null) return;
    expect(python.csv).toEqual([table, described]);
    expect(python.points).toBe(points.length);
    if (python.pandas === null) console.info('pandas is not installed: the tables are read by csv alone');
    else {
      expect(python.pandas.values).toEqual(numbers.map(({ value }) => value));
      expect(python.pandas.beats).toEqual(numbers.map(({ beat }) => beat));
      const means = numbers
        .filter(({ name, beat }) => name === 'EF' && beat === null)
        .map(({ value }) => value);
      expect(python.pandas.meanEf).toBeCloseTo(means.reduce((sum, one) => sum + one, 0) / means.length, 9);
      expect(python.pandas.contours).toBe(traces.length);
      expect(python.pandas.sumX).toBeCloseTo(
        traces.flatMap(({ points }) => points).reduce((sum, [x]) => sum + x, 0),
        3,
      );
    }
    if (python.masks === null) {
      console.info('pycocotools is not installed: no mask is compared');
      return;
    }
    expect(python.masks).toHaveLength(traces.length);
    let least = 1;
    for (const { sopUid, frame, structure, runs } of python.masks) {
      const trace = tracesOf(review.clips[sopUid], structure)[frame]!;
      const overlap = dice(maskOf(runs), rasterizeTrace(trace, rows, columns));
      least = Math.min(least, overlap);
    }
    // Half a pixel to any side is 0.994.
    expect(least).toBeGreaterThanOrEqual(0.997);
    if (process.env['SYSTOLA_FIGURES'] !== undefined) console.info(`least Dice ${least}`);
  });

  it('name the patient where the reader ticked that, or the command was told so, and nowhere else', async () => {
    const path = signedLibrary();
    const station = await workstation(path);
    const byAddress = async (format: string) =>
      Buffer.from(await (await station.send('GET', `studies/${studyUid}/exports/${format}`)).arrayBuffer());
    const { exportFormats } = await station.json<SessionInfo>('GET', 'session');
    expect(exportFormats.map(({ id }) => id)).toEqual(expect.arrayContaining(formats));
    for (const format of formats.filter((one) => one !== 'json')) {
      expect((await byAddress(format)).toString(), format).not.toMatch(/Gru|4711/);
    }
    await station.json('PUT', 'settings', { patientInFileNames: true });
    const [row] = readCsv(await byAddress('measurements-csv'));
    expect(row).toMatchObject({ patient_id: `'-4711,"x"`, patient_name: 'Gruß, Ada' });
    await station.application.close();

    // The command does not look at the tick.
    const files = await exported(path);
    expect(read(files['measurements'])[0]).toMatchObject({ patient_id: '', patient_name: '' });
    const named = await exported(path, '--patient-in-names');
    expect(read(named['measurements'])[0]).toMatchObject({
      patient_id: `'-4711,"x"`,
      patient_name: 'Gruß, Ada',
    });
  });

  it('come as data sets through the command line, each a folder that is whole or is not there', async () => {
    const path = signedLibrary();
    const out = folder();
    const sets = ['echonet', 'nifti', 'nnunet', 'monai'];
    const argv = [studyUid, '--library', path, '--out', out, '--formats', sets.join(',')];
    expect(await runExport(argv), complained).toBe(0);
    expect(readdirSync(out).sort()).toEqual(sets.toSorted());
    const there = readdirSync(out, { recursive: true }).map(String);
    for (const name of [
      ...['echonet/FileList.csv', 'echonet/VolumeTracings.csv'],
      ...[
        'nifti/patient0001/patient0001_2CH_ED.nii.gz',
        'nifti/patient0001/patient0001_4CH_half_sequence_gt.nii.gz',
      ],
      ...['nnunet/nnUNet_raw/Dataset501_Systola/dataset.json', 'monai/dataset.json'],
      ...sets.map((set) => `${set}/sources.csv`),
    ]) {
      expect(there).toContain(join(...name.split('/')));
    }
    expect(there.filter((name) => name.endsWith('.avi'))).toHaveLength(1);
  });

  it('are the same bytes each time', async () => {
    const path = signedLibrary();
    const [first, second] = [await exported(path), await exported(path)];
    for (const [content, file] of Object.entries(first)) {
      expect(readFileSync(second[content]!).equals(readFileSync(file)), content).toBe(true);
    }
    expect(Object.keys(first)).toHaveLength(formats.length);
  });
});

/** A mask of row-major runs, background first. */
function maskOf(runs: readonly number[]): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  let at = 0;
  runs.forEach((length, index) => {
    if (index % 2 === 1) mask.fill(255, at, at + length);
    at += length;
  });
  expect(at).toBe(mask.length);
  return mask;
}

it('has all structures of the installation', () => {
  expect(Object.keys(drawn)).toEqual(structures().map(({ id }) => id));
});
