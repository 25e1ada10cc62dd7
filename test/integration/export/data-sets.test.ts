import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { greyLevels } from '../../../core/sector/grey.ts';
import { tracesOf } from '../../../core/review/traces.ts';
import type { StructureId } from '../../../core/structure/structure.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { traceFromMask } from '../../../main/cli/trace-from-mask.ts';
import { echonet112Folder } from '../../../main/export/echonet-112-folder.ts';
import { echonetFolder } from '../../../main/export/echonet-folder.ts';
import type { ExportSnapshot, FolderExporter } from '../../../main/export/exporter.ts';
import { monaiFolder } from '../../../main/export/monai-folder.ts';
import { niftiFolder } from '../../../main/export/nifti-folder.ts';
import { nnunetFolder } from '../../../main/export/nnunet-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { dice } from '../../unit/core/dice.ts';
import { sampleSnapshot } from '../report/sample-snapshot.ts';
import { readNpz } from '../../unit/core/npz.ts';
import {
  columns,
  dataSetSnapshot,
  frames,
  type GivenStudy,
  heart,
  pictureOf,
  rows,
} from './data-set-snapshots.ts';
import { filesOf, readByPython, type ReadDataSet, unpacked } from './read-data-set.ts';

vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolders();
const text = (files: ReadonlyMap<string, Uint8Array>, path: string): string =>
  Buffer.from(files.get(path) ?? []).toString('utf8');
const json = <T>(files: ReadonlyMap<string, Uint8Array>, path: string) => JSON.parse(text(files, path)) as T;
const all: readonly FolderExporter[] = [
  echonetFolder,
  echonet112Folder,
  niftiFolder,
  nnunetFolder,
  monaiFolder,
];

/** Three studies of two patients: the first and the last are one's. Given out of order. */
const studies: readonly GivenStudy[] = [
  {
    studyInstanceUid: '1.2.30',
    clips: [{ sopInstanceUid: '1.2.30.4', traces: heart(8, 0.7) }],
  },
  {
    studyInstanceUid: '1.2.20',
    patientId: 'other',
    clips: [
      { sopInstanceUid: '1.2.20.2', view: { code: 'a2c', source: 'user' }, traces: heart(-12, 0.9) },
      { sopInstanceUid: '1.2.20.4', traces: heart(3, 0.85) },
    ],
  },
  {
    studyInstanceUid: '1.2.10',
    clips: [
      { sopInstanceUid: '1.2.10.4' },
      { sopInstanceUid: '1.2.10.9', view: { code: 'other', source: 'file' } },
    ],
  },
];
const snapshots = (changes: (study: GivenStudy) => Partial<GivenStudy> = () => ({})): ExportSnapshot[] =>
  studies.map((study) => dataSetSnapshot({ ...study, ...changes(study) }));

function maskOf(snapshot: ExportSnapshot, uid: string, structure: StructureId, frame: number): Uint8Array {
  const { review, clips } = snapshot.document;
  const facts = clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)!;
  return rasterizeTrace(tracesOf(review.clips[uid], structure)[frame]!, facts.rows, facts.columns);
}

const numbersOf = (snapshot: ExportSnapshot, uid: string) => (name: string, beat: number | null) =>
  snapshot.measurements.clips[uid]!.measurements.find(
    (one) => one.name === name && one.method === 'single-plane-disks' && one.beat === beat,
  )?.value;

const mean = (values: Uint8Array, others: Uint8Array): number => {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += Math.abs(values[index]! - others[index]!);
  return sum / values.length;
};

describe('a folder of EchoNet-Dynamic', () => {
  it('is read by the rules of its published loader: numbers, masks, pictures, splits', async () => {
    const given = snapshots();
    const files = await filesOf(echonetFolder, given);
    expect([...files.keys()].sort()).toEqual([
      ...['FileList.csv', 'README.txt'],
      ...['Videos/study0001_clip01.avi', 'Videos/study0002_clip02.avi', 'Videos/study0003_clip01.avi'],
      ...['VolumeTracings.csv', 'left-out.csv', 'sources.csv'],
    ]);
    expect(text(files, 'FileList.csv').split('\n')[0]).toBe(
      'FileName,EF,ESV,EDV,FrameHeight,FrameWidth,FPS,NumberOfFrames,Split',
    );
    expect(text(files, 'README.txt')).toContain('Research use only. Not for diagnostic use.');
    const read = readByPython(folder(), files);
    if (read === null) return;
    const clips = [
      { given: given[2]!, uid: '1.2.10.4', split: 'TRAIN' },
      { given: given[1]!, uid: '1.2.20.4', split: 'TRAIN' },
      { given: given[0]!, uid: '1.2.30.4', split: 'TRAIN' },
    ];
    for (const [index, { given: snapshot, uid, split }] of clips.entries()) {
      const video = read.echonet![index]!;
      const numbers = numbersOf(snapshot, uid);
      const { beat, index: beatIndex } = snapshot.measurements.clips[uid]!.includedBeats[0]!;
      expect(video).toMatchObject({
        ...{ FrameHeight: rows, FrameWidth: columns, FPS: 40, NumberOfFrames: frames, Split: split },
        ...{ small: beat.esFrame, large: beat.edFrame, rows: [21, 21], read: [frames, rows, columns, 3] },
      });
      expect(video.EF).toBeCloseTo(numbers('EF', beatIndex)!, 9);
      expect(video.EDV).toBeCloseTo(numbers('EDV', beatIndex)!, 9);
      expect(video.ESV).toBeCloseTo(numbers('ESV', beatIndex)!, 9);
      expect(video.rate).toBeCloseTo(40, 3);
      expect(Math.abs(video.efOfChords - video.EF)).toBeLessThanOrEqual(1);
      for (const [phase, frame] of [beat.esFrame, beat.edFrame].entries()) {
        const overlap = dice(unpacked(video.masks[phase]), maskOf(snapshot, uid, 'lv-cavity', frame));
        expect(overlap).toBeGreaterThanOrEqual(0.98);
        // From the middle of the base to the apex, which is above it.
        const [x1, y1, x2, y2] = video.longAxes[phase]!;
        expect(y1).toBeGreaterThan(y2!);
        expect(Math.abs(x1! - x2!)).toBeLessThan(60);
      }
      // JPEG takes colours of half a level and less from smooth ramps.
      expect(mean(unpacked(video.pixels[0]), pictureOf(uid, beat.esFrame).data)).toBeLessThan(2);
      expect(mean(unpacked(video.pixels[1]), pictureOf(uid, frames - 1).data)).toBeLessThan(2);
    }
    expect(read.tables['sources.csv']!.map((row) => [row['name'], row['patient'], row['sop_uid']])).toEqual([
      ['study0001_clip01', '1', '1.2.10.4'],
      ['study0002_clip02', '2', '1.2.20.4'],
      ['study0003_clip01', '1', '1.2.30.4'],
    ]);
    expect(read.tables['left-out.csv']!.map((row) => [row['sop_uid'], row['reason']])).toEqual([
      ['1.2.10.9', 'its view is not the apical four-chamber view'],
      ['1.2.20.2', 'its view is not the apical four-chamber view'],
    ]);
  });

  it('names chords from the base to the apex, ES before ED', async () => {
    const [snapshot] = snapshots();
    const files = await filesOf(echonetFolder, [snapshot!]);
    const [header, ...lines] = text(files, 'VolumeTracings.csv').trim().split('\n');
    expect(header).toBe('FileName,X1,Y1,X2,Y2,Frame');
    expect(lines).toHaveLength(42);
    const rowsRead = lines.map((line) => {
      const [name, ...numbers] = line.split(',');
      expect(name).toBe('study0001_clip01.avi');
      return numbers.map(Number);
    });
    const { beat } = snapshot!.measurements.clips['1.2.30.4']!.includedBeats[0]!;
    expect(rowsRead.map((row) => row[4])).toEqual([
      ...Array.from({ length: 21 }, () => beat.esFrame),
      ...Array.from({ length: 21 }, () => beat.edFrame),
    ]);
    for (const from of [1, 22]) {
      const middles = rowsRead.slice(from, from + 20).map(([, y1, , y2]) => (y1! + y2!) / 2);
      expect(middles).toEqual(middles.toSorted((a, b) => b - a));
    }
  });

  it('splits eight patients six to one to one', async () => {
    const given = Array.from({ length: 9 }, (_, index) =>
      dataSetSnapshot({
        ...{ studyInstanceUid: `1.3.${index}`, patientId: index === 8 ? 'p0' : `p${index}` },
        clips: [{ sopInstanceUid: `1.3.${index}.4`, facts: { frames: 12 }, traces: heart() }],
      }),
    );
    const files = await filesOf(echonet112Folder, given.toReversed());
    const parts = text(files, 'FileList.csv').trim().split('\n').slice(1);
    expect(parts.map((line) => line.split(',').at(-1))).toEqual([
      ...['TRAIN', 'TRAIN', 'TRAIN', 'TRAIN', 'TRAIN', 'TRAIN', 'VAL', 'TEST', 'TRAIN'],
    ]);
  });

  it('leaves volumes empty where a clip is not calibrated, and shows frames without a picture black', async () => {
    const [study] = studies;
    const plain = { ...study!.clips[0]!, facts: { regions: [] } };
    const snapshot = dataSetSnapshot({ ...study!, clips: [plain], damaged: [frames - 1] });
    const files = await filesOf(echonetFolder, [snapshot]);
    const read = readByPython(folder(), files);
    if (read === null) return;
    const [video] = read.echonet!;
    expect(video).toMatchObject({ EDV: null, ESV: null, NumberOfFrames: frames });
    expect(unpacked(video!.pixels[1]).every((value) => value < 3)).toBe(true);
    expect(read.tables['sources.csv']![0]!['remarks']).toBe(
      `black for want of a picture: frames ${frames - 1}`,
    );
    const { beat } = snapshot.measurements.clips['1.2.30.4']!.includedBeats[0]!;
    const without = dataSetSnapshot({ ...study!, damaged: [beat.edFrame] });
    await expect(filesOf(echonetFolder, [without])).rejects.toThrow(
      `There is nothing to export as EchoNet-Dynamic: frame ${beat.edFrame} has a contour and no picture.`,
    );
  });

  it('comes in 112 × 112 pixels in true proportions', async () => {
    const [snapshot] = snapshots();
    const files = await filesOf(echonet112Folder, [snapshot!]);
    const read = readByPython(folder(), files);
    if (read === null) return;
    const [video] = read.echonet!;
    expect(video).toMatchObject({ FrameHeight: 112, FrameWidth: 112, read: [frames, 112, 112, 3] });
    expect(Math.abs(video!.efOfChords - video!.EF)).toBeLessThanOrEqual(1);
    // The sector of the run, 200 mm across and 120 down, fills the square's width; what is above and below is black.
    const shown = unpacked(video!.pixels[1]);
    const margin = (112 * (1 - (400 * 0.3) / (columns * 0.4))) / 2;
    const level = (row: number) => shown[3 * (row * 112 + 56)]!;
    expect([level(Math.floor(margin) - 3), level(Math.ceil(112 - margin) + 3)].every((one) => one < 5)).toBe(
      true,
    );
    expect(level(Math.ceil(margin) + 1)).toBeGreaterThan(30);
    expect(level(Math.floor(112 - margin) - 2)).toBeGreaterThan(110);
    // The area of the cavity is the same share of the picture.
    const { beat } = snapshot!.measurements.clips['1.2.30.4']!.includedBeats[0]!;
    const area = (mask: Uint8Array) => mask.reduce((sum, value) => sum + Number(value > 0), 0);
    const whole = area(maskOf(snapshot!, '1.2.30.4', 'lv-cavity', beat.edFrame));
    const scale = (112 / (columns * 0.4)) ** 2 * 0.4 * 0.3;
    expect(area(unpacked(video!.masks[1])) / (whole * scale)).toBeGreaterThan(0.93);
    expect(area(unpacked(video!.masks[1])) / (whole * scale)).toBeLessThan(1.07);
  });
});

/** Labels as three masks make them. */
function labelsOf(snapshot: ExportSnapshot, uid: string, frame: number): Uint8Array {
  const [cavity, wall, atrium] = ['lv-cavity', 'lv-wall', 'left-atrium'].map((structure) =>
    maskOf(snapshot, uid, structure, frame),
  );
  return cavity!.map((value, pixel) => (value > 0 ? 1 : wall![pixel]! > 0 ? 2 : atrium![pixel]! > 0 ? 3 : 0));
}

describe('a folder of CAMUS', () => {
  it('holds pictures and labels pixel by pixel, with their size, as nibabel reads them', async () => {
    const given = snapshots();
    const files = await filesOf(niftiFolder, given);
    const contents = ['ED', 'ED_gt', 'ES', 'ES_gt', 'half_sequence', 'half_sequence_gt'];
    expect([...files.keys()].sort()).toEqual(
      [
        ...['README.txt', 'left-out.csv', 'sources.csv'],
        ...['patient0001/Info_4CH.cfg', 'patient0002/Info_2CH.cfg', 'patient0002/Info_4CH.cfg'],
        'patient0003/Info_4CH.cfg',
        ...['0001_4CH', '0002_2CH', '0002_4CH', '0003_4CH'].flatMap((name) =>
          contents.map((content) => `patient${name.slice(0, 4)}/patient${name}_${content}.nii.gz`),
        ),
      ].sort(),
    );
    const read = readByPython(folder(), files);
    if (read === null) return;
    for (const [name, snapshot, uid] of [
      ['0001_4CH', given[2]!, '1.2.10.4'],
      ['0002_2CH', given[1]!, '1.2.20.2'],
      ['0002_4CH', given[1]!, '1.2.20.4'],
      ['0003_4CH', given[0]!, '1.2.30.4'],
    ] as const) {
      const { beat } = snapshot.measurements.clips[uid]!.includedBeats[0]!;
      const of = (content: string) =>
        read.nifti[`patient${name.slice(0, 4)}/patient${name}_${content}.nii.gz`]!;
      for (const [phase, frame] of [
        ['ED', beat.edFrame],
        ['ES', beat.esFrame],
      ] as const) {
        const picture = of(phase);
        expect(picture).toMatchObject({ shape: [columns, rows], type: 'uint8', orientation: 'LPS' });
        expect(picture).toMatchObject({ sameAffine: true, text: 'Systola. Research use only.' });
        expect(picture.units[0]).toBe('mm');
        expect(picture.zooms[0]).toBeCloseTo(0.4, 6);
        expect(picture.zooms[1]).toBeCloseTo(0.3, 6);
        expect(unpacked(picture.pixels)).toEqual(greyLevels(pictureOf(uid, frame)));
        expect(unpacked(of(`${phase}_gt`).pixels)).toEqual(labelsOf(snapshot, uid, frame));
      }
      const count = beat.esFrame - beat.edFrame + 1;
      const [sequence, labels] = [of('half_sequence'), of('half_sequence_gt')];
      expect(sequence.shape).toEqual([columns, rows, count]);
      const size = rows * columns;
      for (let index = 0; index < count; index++) {
        const at = (pixels: Uint8Array) => pixels.subarray(index * size, (index + 1) * size);
        const frame = beat.edFrame + index;
        expect(mean(at(unpacked(sequence.pixels)), greyLevels(pictureOf(uid, frame)))).toBe(0);
        expect(mean(at(unpacked(labels.pixels)), labelsOf(snapshot, uid, frame))).toBe(0);
      }
      const info = text(files, `patient${name.slice(0, 4)}/Info_${name.slice(5)}.cfg`);
      expect(info).toMatch(
        new RegExp(`^ED: 1\\nES: ${count}\\nNbFrame: ${count}\\nEF: [\\d.]+\\nFrameRate: 40\\n$`),
      );
    }
    expect(read.tables['sources.csv']![0]).toMatchObject({
      ...{ name: 'patient0001_4CH', structures: 'lv-cavity;lv-wall;left-atrium', remarks: '' },
    });
  });

  it('says which structures and sequences are not there, and gives no size without calibration', async () => {
    const { 'lv-cavity': cavities } = heart();
    const { 12: _one, 2: _other, ...gap } = cavities;
    const snapshot = dataSetSnapshot({
      studyInstanceUid: '1.2.40',
      clips: [{ sopInstanceUid: '1.2.40.4', traces: { 'lv-cavity': gap }, facts: { regions: [] } }],
    });
    const files = await filesOf(niftiFolder, [snapshot]);
    expect([...files.keys()]).not.toContain('patient0001/patient0001_4CH_half_sequence_gt.nii.gz');
    const read = readByPython(folder(), files);
    if (read === null) return;
    const picture = read.nifti['patient0001/patient0001_4CH_ED.nii.gz']!;
    expect([picture.zooms, picture.units[0]]).toEqual([[1, 1], 'unknown']);
    const labels = unpacked(read.nifti['patient0001/patient0001_4CH_ED_gt.nii.gz']!.pixels);
    expect(new Set(labels)).toEqual(new Set([0, 1]));
    expect(read.tables['sources.csv']![0]).toMatchObject({
      structures: 'lv-cavity',
      remarks:
        'no half_sequence_gt: some of its frames have no contour; not calibrated: pixels have no size in mm',
    });
  });

  it('runs from ES to ED where that comes first', async () => {
    const snapshot = dataSetSnapshot({
      studyInstanceUid: '1.2.40',
      clips: [
        {
          sopInstanceUid: '1.2.40.4',
          review: { beats: [{ edFrame: 10, esFrame: 3, nextEdFrame: null, source: 'user' }] },
        },
      ],
    });
    const info = text(await filesOf(niftiFolder, [snapshot]), 'patient0001/Info_4CH.cfg');
    expect(info).toContain('ED: 8\nES: 1\nNbFrame: 8\n');
  });
});

interface NnuNetDataSet {
  readonly labels: Record<string, number>;
  readonly numTraining: number;
  readonly channel_names: Record<string, string>;
  readonly file_ending: string;
}

describe('a data set of nnU-Net', () => {
  const root = 'nnUNet_raw/Dataset501_Systola';

  it('has a picture, its labels and folds by patient', async () => {
    const given = snapshots();
    const files = await filesOf(nnunetFolder, given);
    const set = json<NnuNetDataSet>(files, `${root}/dataset.json`);
    expect(set).toMatchObject({
      labels: { background: 0, lv_cavity: 1, myocardium: 2, left_atrium: 3 },
      ...{ channel_names: { 0: 'B-mode' }, file_ending: '.png' },
    });
    const names = [...files.keys()].flatMap(
      (path) => /^nnUNet_raw\/Dataset501_Systola\/imagesTr\/(.+)_0000\.png$/.exec(path)?.[1] ?? [],
    );
    expect(set.numTraining).toBe(names.length);
    const beats = given.flatMap(({ measurements }) =>
      Object.values(measurements.clips).flatMap(({ includedBeats }) => [
        ...new Set(includedBeats.flatMap(({ beat }) => [beat.edFrame, beat.esFrame])),
      ]),
    );
    expect(names).toHaveLength(beats.length);
    expect(names.length).toBeGreaterThanOrEqual(8);
    const folds = json<{ train: string[]; val: string[] }[]>(
      files,
      'nnUNet_preprocessed/Dataset501_Systola/splits_final.json',
    );
    expect(folds).toHaveLength(2);
    for (const { train, val } of folds) {
      expect([...train, ...val].sort()).toEqual([...names].sort());
      const patient = (name: string) => (name.startsWith('study0002') ? 2 : 1);
      expect(new Set(val.map(patient)).size).toBe(1);
      expect(train.map(patient)).not.toContain(patient(val[0]!));
    }
    const read = readByPython(folder(), files);
    if (read === null) return;
    const frame = given[2]!.measurements.clips['1.2.10.4']!.includedBeats[0]!.beat.esFrame;
    const name = `study0001_clip01_frame${String(frame).padStart(4, '0')}`;
    const image = read.png[`${root}/imagesTr/${name}_0000.png`]!;
    expect([image.mode, image.shape]).toEqual(['L', [columns, rows]]);
    expect(unpacked(image.pixels)).toEqual(greyLevels(pictureOf('1.2.10.4', frame)));
    const labels = read.png[`${root}/labelsTr/${name}.png`]!;
    expect(labels.mode).toBe('L');
    expect(unpacked(labels.pixels)).toEqual(labelsOf(given[2]!, '1.2.10.4', frame));
  });

  it('gives no label to a structure that some pictures have no contour of, and says so', async () => {
    const { 'left-atrium': _none, ...without } = heart();
    const given = snapshots(({ studyInstanceUid }) =>
      studyInstanceUid === '1.2.30' ? { clips: [{ sopInstanceUid: '1.2.30.4', traces: without }] } : {},
    );
    const files = await filesOf(nnunetFolder, given);
    expect(json<NnuNetDataSet>(files, `${root}/dataset.json`).labels).toEqual({
      ...{ background: 0, lv_cavity: 1, myocardium: 2 },
    });
    expect(text(files, 'README.txt')).toMatch(
      /left-atrium is contoured on \d+ of \d+ pictures only, and so has no label\./,
    );
  });

  it('has frames that a person drew beside those of beats', async () => {
    const cavities = heart()['lv-cavity'];
    const drawn: Trace = { ...cavities[7]!, source: { kind: 'edited', from: 'model' } };
    const snapshot = dataSetSnapshot({
      studyInstanceUid: '1.2.10',
      clips: [{ sopInstanceUid: '1.2.10.4', traces: { 'lv-cavity': { ...cavities, 7: drawn } } }],
    });
    const files = await filesOf(nnunetFolder, [snapshot]);
    expect([...files.keys()]).toContain(`${root}/labelsTr/study0001_clip01_frame0007.png`);
    expect([...files.keys()]).not.toContain(`${root}/labelsTr/study0001_clip01_frame0006.png`);
    expect([...files.keys()].some((path) => path.endsWith('splits_final.json'))).toBe(false);
    expect(text(files, 'README.txt')).toContain('There are no folds: all pictures are of one patient.');
  });
});

it('a list of MONAI names pictures and labels that are there, with folds by patient', async () => {
  const given = snapshots();
  const files = await filesOf(monaiFolder, given);
  const list = json<{
    labels: Record<string, string>;
    numTraining: number;
    training: { image: string; label: string; fold: number }[];
  }>(files, 'dataset.json');
  expect(list.labels).toEqual({ 0: 'background', 1: 'lv_cavity', 2: 'myocardium', 3: 'left_atrium' });
  expect(list.training).toHaveLength(list.numTraining);
  for (const { image, label, fold } of list.training) {
    expect(files.has(image) && files.has(label)).toBe(true);
    expect(fold).toBe(image.startsWith('images/study0002') ? 1 : 0);
  }
  const read = readByPython(folder(), files);
  if (read === null) return;
  for (const { image, label } of list.training) {
    const [, study, frame] = /study(\d+)_clip01_frame(\d+)/.exec(image) ?? [];
    if (study !== '0003') continue;
    expect(read.nifti[image]!.zooms[1]).toBeCloseTo(0.3, 6);
    expect(unpacked(read.nifti[image]!.pixels)).toEqual(greyLevels(pictureOf('1.2.30.4', Number(frame))));
    expect(unpacked(read.nifti[label]!.pixels)).toEqual(labelsOf(given[0]!, '1.2.30.4', Number(frame)));
  }
});

describe.each(all.map((exporter) => [exporter.id, exporter] as const))(
  'every data set: %s',
  (_id, exporter) => {
    const contents = (files: ReadonlyMap<string, Uint8Array>): string =>
      [...files]
        .map(
          ([path, bytes]) =>
            path + Buffer.from(path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1'),
        )
        .join('\n');

    it('names no patient unless asked, and everything the same whatever order studies come in', async () => {
      const [first, second] = [
        await filesOf(exporter, snapshots()),
        await filesOf(exporter, snapshots().toReversed()),
      ];
      expect([...second.keys()].sort()).toEqual([...first.keys()].sort());
      for (const [path, bytes] of first) expect(Buffer.compare(second.get(path)!, bytes), path).toBe(0);
      expect(contents(first)).not.toMatch(/4711|M.{1,2}ller|Sex/);
      const named = await filesOf(
        exporter,
        snapshots(() => ({ withPatient: true })),
      );
      expect(text(named, 'sources.csv')).toContain('Müller-4711');
    });

    it('leaves rejected studies out, and is refused with the reason where nothing is left', async () => {
      const rejected = (study: GivenStudy): Partial<GivenStudy> =>
        study.studyInstanceUid === '1.2.20'
          ? {
              decision: { state: 'rejected', by: 'r', at: '2026-01-01T00:00:00Z' },
            }
          : {};
      const files = await filesOf(exporter, snapshots(rejected));
      expect(text(files, 'left-out.csv')).toContain('1.2.20,,the study was rejected');
      expect(text(files, 'sources.csv')).not.toContain('1.2.20');
      const none = dataSetSnapshot({
        studyInstanceUid: '1.2.50',
        clips: [{ sopInstanceUid: '1.2.50.4', traces: {} }],
      });
      const refusal = await filesOf(exporter, [none]).then(
        () => null,
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(SystolaError);
      expect((refusal as SystolaError).message).toMatch(
        /^There is nothing to export as .+: no beat has contours/,
      );
    });

    it('stops when it is told to', async () => {
      const stop = new AbortController();
      const snapshot = snapshots()[0]!;
      const stopping: ExportSnapshot = {
        ...snapshot,
        frame: (uid, frame) => {
          stop.abort(new Error('stopped'));
          return snapshot.frame(uid, frame);
        },
      };
      await expect(filesOf(exporter, [stopping], stop.signal)).rejects.toThrow('stopped');
    });
  },
);

it('the sample study keeps its masks and its EF as EchoNet-Dynamic, and its labels as CAMUS', async () => {
  const snapshot = sampleSnapshot();
  const read = readByPython(folder(), await filesOf(echonetFolder, [snapshot]));
  const labels = readByPython(folder(), await filesOf(niftiFolder, [snapshot]));
  if (read === null || labels === null) return;
  const [video] = read.echonet!;
  const uid = read.tables['sources.csv']![0]!['sop_uid']!;
  const [es, ed] = [video!.small, video!.large].map((frame) => maskOf(snapshot, uid, 'lv-cavity', frame));
  expect(dice(unpacked(video!.masks[0]), es!)).toBeGreaterThanOrEqual(0.98);
  expect(dice(unpacked(video!.masks[1]), ed!)).toBeGreaterThanOrEqual(0.98);
  expect(Math.abs(video!.efOfChords - video!.EF)).toBeLessThanOrEqual(1);
  const map = unpacked(labels.nifti['patient0001/patient0001_4CH_ED_gt.nii.gz']!.pixels);
  expect(dice(map, ed!)).toBe(1);
  expect(labels.tables['sources.csv']![0]).toMatchObject({
    name: 'patient0001_2CH',
    structures: 'lv-cavity',
  });
});

const camus = join(process.env['SYSTOLA_TEST_DATA'] ?? '', 'camus', 'a4c-dicom', 'labels.npz');
const present = process.env['SYSTOLA_TEST_DATA'] !== undefined && existsSync(camus);
if (!present)
  console.log('Skipped: data sets of real hearts (SYSTOLA_TEST_DATA is not set or lacks camus/a4c-dicom).');

it.runIf(present)('contours of real hearts keep their masks and their EF as EchoNet-Dynamic', async () => {
  const labels = readNpz(camus);
  const masks = new Map<string, readonly Uint8Array[]>();
  const given = [...labels].map(([patient, { shape, data }], index) => {
    const [, ownRows = 0, ownColumns = 0] = shape;
    const size = ownRows * ownColumns;
    const traces = [0, 1].map((frame) => {
      const own = data.subarray(frame * size, (frame + 1) * size);
      const mask = { rows: ownRows, columns: ownColumns, data: own.map((value) => Number(value === 1)) };
      const trace = traceFromMask('lv-cavity', mask, null, { threshold: 0.5, source: { kind: 'manual' } });
      if (typeof trace === 'string') throw new Error(`${patient}: ${trace}`);
      return trace;
    });
    const uid = `1.4.${index}.4`;
    masks.set(
      uid,
      traces.map((trace) => rasterizeTrace(trace, ownRows, ownColumns)),
    );
    const snapshot = dataSetSnapshot({
      ...{ studyInstanceUid: `1.4.${index}`, patientId: patient },
      clips: [
        {
          sopInstanceUid: uid,
          traces: { 'lv-cavity': { 0: traces[0]!, 1: traces[1]! } },
          facts: {
            ...{ rows: ownRows, columns: ownColumns, frames: 2 },
            regions: [],
            pixelSpacingMm: [0.154, 0.154],
          },
          review: { beats: [{ edFrame: 0, esFrame: 1, nextEdFrame: null, source: 'user' }] },
        },
      ],
    });
    const data8 = new Uint8Array(size).fill(40);
    return {
      ...snapshot,
      frame: () => Promise.resolve({ rows: ownRows, columns: ownColumns, channels: 1 as const, data: data8 }),
    };
  });
  const read: ReadDataSet | null = readByPython(folder(), await filesOf(echonetFolder, given));
  if (read === null) return;
  expect(read.echonet).toHaveLength(given.length);
  const uids = new Map(read.tables['sources.csv']!.map((row) => [row['name'], row['sop_uid']!]));
  const overlaps: number[] = [];
  const differences: number[] = [];
  for (const video of read.echonet!) {
    const [ed, es] = masks.get(uids.get(video.FileName)!)!;
    overlaps.push(dice(unpacked(video.masks[0]), es!), dice(unpacked(video.masks[1]), ed!));
    differences.push(Math.abs(video.efOfChords - video.EF));
  }
  console.info(
    `EchoNet-Dynamic of ${given.length} hearts: least Dice ${Math.min(...overlaps).toFixed(4)}, EF off by ${Math.max(...differences).toFixed(2)} points at most`,
  );
  expect(Math.min(...overlaps)).toBeGreaterThanOrEqual(0.98);
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
});
