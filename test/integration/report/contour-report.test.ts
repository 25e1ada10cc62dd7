import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { signedNumber } from '../../../core/assessment/signed-result.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { traceAt } from '../../../core/review/traces.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readHeader } from '../../../main/dicom/header.ts';
import { dicomAllContours, dicomContours } from '../../../main/export/dicom-contours.ts';
import type { EarlierObject, ExportSnapshot } from '../../../main/export/exporter.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { below, qualified, type ReadItem, readReport } from '../../fixtures/dicom/read-report.ts';
import { tracesBlockIn } from '../../fixtures/dicom/traces-block.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { calibrated, contouredSnapshot, uncalibrated } from './contoured-snapshot.ts';
import { sampleSnapshot } from './sample-snapshot.ts';

const folder = temporaryFolders();
const snapshot = contouredSnapshot();
const { document, measurements } = snapshot;
const report = await dicomContours.write(snapshot);
const { dict, root } = readReport(report);
const block = tracesBlockIn(dict);

const groupsIn = (from: ReadItem): ReadItem[] => below(from).filter(({ name }) => name === 'DCM 125007');
const regionIn = (group: ReadItem): ReadItem => group.children.find(({ name }) => name === 'DCM 111030')!;
const areaIn = (group: ReadItem): ReadItem | undefined =>
  group.children.find(({ name }) => name === 'SCT 42798000');

/** Structure by the code that stands as finding. */
const structures: Readonly<Record<string, string>> = {
  'SCT 87878005': 'lv-cavity',
  'SCT 74281007': 'lv-wall',
  'SCT 82471001': 'left-atrium',
};
const placeOf = (group: ReadItem): string => {
  const [image] = regionIn(group).children;
  return `${image!.image} ${structures[qualified(group, 'DCM 121071')!]} ${image!.frame! - 1}`;
};
const edEs = (uid: string): number[] => [
  ...new Set(measurements.clips[uid]!.measuredBeats.flatMap(({ beat }) => [beat.edFrame, beat.esFrame])),
];
const hashOf = (graphic: readonly number[]): string =>
  createHash('sha256')
    .update(Buffer.from(Float32Array.from(graphic).buffer))
    .digest('hex');

describe('the regions of a contours report', () => {
  it('are ED and ES of every measured beat, of every structure, each on its frame', () => {
    const places = [calibrated, uncalibrated].flatMap(({ sopInstanceUid: uid }) =>
      Object.keys(document.review.clips[uid]!.traces).flatMap((structure) =>
        edEs(uid).map((frame) => `${uid} ${structure} ${frame}`),
      ),
    );
    expect(places.length).toBeGreaterThan(15);
    expect(groupsIn(root).map(placeOf).toSorted()).toEqual(places.toSorted());
  });

  it('lie where the contours lie, half a pixel on, closed, twice the same', () => {
    for (const group of groupsIn(root)) {
      const [uid, structure, frame] = placeOf(group).split(' ') as [string, string, string];
      const trace = traceAt(document.review.clips[uid], structure, Number(frame))!;
      const { graphic } = regionIn(group);
      const curve = tracePolyline(trace);
      expect(graphic.length).toBe(2 * (curve.length + 1));
      curve.forEach(([x, y], index) => {
        expect(Math.abs(graphic[2 * index]! - 0.5 - x)).toBeLessThan(1e-4);
        expect(Math.abs(graphic[2 * index + 1]! - 0.5 - y)).toBeLessThan(1e-4);
      });
      expect(graphic.slice(-2)).toEqual(graphic.slice(0, 2));
      const [behind] = areaIn(group)!.children;
      expect(behind).toMatchObject({ relationship: 'INFERRED FROM', type: 'SCOORD', graphic });
      expect(behind!.children[0]).toMatchObject({ image: uid, frame: Number(frame) + 1 });
    }
  });

  it('have the area, in pixels where nothing calibrates, their site, their model and a UID each', () => {
    const groups = groupsIn(root);
    for (const group of groups) {
      const [uid, structure, frame] = placeOf(group).split(' ') as [string, string, string];
      const px = polygonArea(tracePolyline(traceAt(document.review.clips[uid], structure, Number(frame))!));
      const { number, unit } = areaIn(group)!;
      const isCalibrated = uid === calibrated.sopInstanceUid;
      expect(unit).toBe(isCalibrated ? 'UCUM cm2' : 'UCUM {pixels}');
      expect(number).toBeCloseTo(isCalibrated ? px * 0.04 ** 2 : px, 9);
      expect(qualified(group, 'SCT 363698007')).toBe(qualified(group, 'DCM 121071'));
      expect(qualified(group, 'DCM 111001')).toBe('test');
      expect(qualified(group, 'DCM 112039')).toBe('Cornerstone3DTools@^0.1.0:PlanarFreehandROI');
    }
    expect(new Set(groups.map((group) => qualified(group, 'DCM 112040'))).size).toBe(groups.length);
    const [ed] = edEs(calibrated.sopInstanceUid);
    const stated = measurements.clips[calibrated.sopInstanceUid]!.measurements.find(
      ({ name, beat }) => name === 'LV area ED' && beat === 0,
    )!;
    const own = groups.find((group) => placeOf(group) === `2.25.11 lv-cavity ${ed}`)!;
    expect(areaIn(own)!.number! * 100).toBeCloseTo(stated.value, 6);
  });

  it('are every contour where that is asked for, with the number of its frame', async () => {
    const all = readReport(await dicomAllContours.write(snapshot)).root;
    const places = groupsIn(all).map(placeOf);
    expect(places).toHaveLength(4 * 60);
    for (const { sopInstanceUid, structure } of block.regions) {
      for (let frame = 0; frame < 60; frame += 1) {
        expect(places).toContain(`${sopInstanceUid} ${structure} ${frame}`);
      }
    }
  });

  it('have no area where nothing may be measured', async () => {
    const cut = { ...document.review.clips['2.25.11']! };
    const review = {
      ...document.review,
      clips: {
        ...document.review.clips,
        '2.25.11': {
          ...cut,
          run: {
            ...cut.run!,
            sector: { source: 'region' as const, box: { minX: 0, minY: 0, maxX: 499, maxY: 400 } },
          },
        },
      },
    };
    const { settings } = snapshot;
    const measured = measureStudy(document.facts, document.clips, review, settings);
    const { root: read } = readReport(
      await dicomContours.write({ ...snapshot, document: { ...document, review }, measurements: measured }),
    );
    for (const group of groupsIn(read)) {
      const isAtrium = qualified(group, 'DCM 121071') === 'SCT 82471001';
      expect(areaIn(group) === undefined).toBe(isAtrium);
    }
  });

  it('are all contours of a clip in which no beat is measured', async () => {
    const { '2.25.21': other, ...rest } = measurements.clips;
    const without = { ...measurements, clips: { ...rest, '2.25.21': { ...other!, measuredBeats: [] } } };
    const { root: read } = readReport(await dicomContours.write({ ...snapshot, measurements: without }));
    const frames = groupsIn(read)
      .map(placeOf)
      .filter((place) => place.startsWith('2.25.21'));
    expect(frames).toHaveLength(60);
  });
});

describe('the private block of a contours report', () => {
  it('has every contour and all that was said of the clips exactly as it is kept', () => {
    const restored = Object.fromEntries(
      block.clips.map(({ sopInstanceUid, review }) => [sopInstanceUid, { ...review, marks: {} }]),
    );
    expect(restored).toEqual(document.review.clips);
    expect(Object.keys(block.clips[0]!.review.traces['lv-cavity']!)).toHaveLength(60);
    const { body, stage, pair } = document.review;
    expect({ body: block.body, stage: block.stage, pair: block.pair }).toEqual({ body, stage, pair });
  });

  it('gives the same numbers in a library that has only the clips', () => {
    const { facts, clips } = document;
    const review = {
      ...initialReview(facts, clips),
      ...{ body: block.body, stage: block.stage, pair: block.pair },
      clips: Object.fromEntries(
        block.clips.map((clip) => [clip.sopInstanceUid, { ...clip.review, marks: {} }]),
      ),
    };
    const again = measureStudy(facts, clips, review as unknown as typeof document.review, {
      ...snapshot.settings,
      ...block.options,
    });
    expect(again.measurements).toEqual(measurements.measurements);
    expect(block.measurements).toEqual(measurements.measurements.map(signedNumber));
    for (const { sopInstanceUid, measurements: own, calibration } of block.clips) {
      expect(own).toEqual(measurements.clips[sopInstanceUid]!.measurements.map(signedNumber));
      expect(calibration).toEqual(measurements.clips[sopInstanceUid]!.calibration);
    }
  });

  it('knows each region by its place, its UID and the hash of its data', () => {
    expect(
      groupsIn(root).map((group) => ({
        place: placeOf(group),
        trackingUid: qualified(group, 'DCM 112040'),
        hash: hashOf(regionIn(group).graphic),
      })),
    ).toEqual(
      block.regions.map(({ sopInstanceUid, structure, frame, trackingUid, graphicDataSha256 }) => ({
        place: `${sopInstanceUid} ${structure} ${frame}`,
        trackingUid,
        hash: graphicDataSha256,
      })),
    );
  });

  it('keeps what a person and a propagation left, and a ruler, a picture, beats and what a run covered', async () => {
    const uid = uncalibrated.sopInstanceUid;
    const clip = document.review.clips[uid]!;
    const [one, two, three] = [1, 2, 3].map((frame) => clip.traces['lv-cavity']![frame]!);
    const box = { minX: 0, minY: 0, maxX: 499.5, maxY: 699.25 };
    const changed: typeof clip = {
      ...clip,
      view: { code: 'a2c', source: 'user' },
      recognition: {
        ...{ code: 'a4c', certainty: 0.1 + 0.2, recogniser: 'views', version: '1', sha256: 'a'.repeat(64) },
        picture: box,
      },
      ruler: { from: [1 / 3, 2], to: [3, 400.123456789], distanceMm: 100.1 },
      picture: box,
      beats: [{ edFrame: 4, esFrame: 12, nextEdFrame: null, source: 'user' }],
      excludedBeats: [4],
      run: { ...clip.run!, covered: { 'lv-cavity': { 1: one!, 7: null } }, picture: box },
      propagation: {
        ...{ structure: 'lv-cavity', way: 'displacement', anchors: [2], range: { from: 0, to: 5 } },
        ...{ model: 'test', sha256: '0'.repeat(64), afterRun: true },
      },
      traces: {
        'zz-own': { 3: { ...three!, points: three!.points.map(([x, y]) => [x + 1e-9, y / 3] as const) } },
        'lv-cavity': {
          1: { ...one!, source: { kind: 'edited', from: 'model' }, confidence: null },
          2: {
            ...two!,
            source: {
              ...{ kind: 'propagated', from: [1, 4], way: 'memory', model: 'test' },
              ...{ sha256: '0'.repeat(64), leastConfidence: 0.25 },
            },
          },
        },
      },
    };
    const review = { ...document.review, clips: { ...document.review.clips, [uid]: changed } };
    const measured = measureStudy(document.facts, document.clips, review, snapshot.settings);
    const read = readWithDcmjs(
      await dicomContours.write({ ...snapshot, document: { ...document, review }, measurements: measured }),
    );
    const restored = tracesBlockIn(read.dict).clips.find(({ sopInstanceUid }) => sopInstanceUid === uid);
    expect({ ...restored?.review, marks: {} }).toEqual(changed);
  });
});

describe('the document', () => {
  it('has the same bytes for the same state, whatever order it was contoured in, and is another for another', async () => {
    const later = { ...snapshot, createdAt: new Date('2027-01-01T00:00:00Z') };
    const turned = {
      ...document.review,
      clips: Object.fromEntries(
        Object.entries(document.review.clips).map(([uid, clip]) => [
          uid,
          { ...clip, traces: Object.fromEntries(Object.entries(clip.traces).toReversed()) },
        ]),
      ),
    };
    const same = await dicomContours.write({ ...later, document: { ...document, review: turned } });
    expect(Buffer.compare(report, same)).toBe(0);
    const accepted: ExportSnapshot = contouredSnapshot({
      decision: { state: 'accepted', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' },
    });
    const other = readWithDcmjs(await dicomContours.write(accepted)).dict;
    expect(other['00080018']?.Value[0]).not.toBe(dict['00080018']?.Value[0]);
    expect(other['0020000E']?.Value[0]).toBe(dict['0020000E']?.Value[0]);
    expect(tracesBlockIn(other).decision).toMatchObject({ state: 'accepted', by: 'Dr. Reader' });
  });

  it('refers to the clips, says what it is for, and is read by our own reader without damage', () => {
    const library = below(root).filter(
      ({ type, relationship }) => type === 'IMAGE' && relationship === 'CONTAINS',
    );
    expect(library.map(({ image }) => image)).toEqual(['2.25.11', '2.25.21']);
    expect(dict['0008103E']?.Value[0]).toContain('Research use only');
    const header = readHeader(new MemorySource(report), 'export.dcm');
    expect(header.damagedParts).toBe(0);
  });

  it('is refused of a rejected study, and of one without a contour', async () => {
    const rejected = contouredSnapshot({
      decision: { state: 'rejected', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' },
    });
    await expect(dicomContours.write(rejected)).rejects.toMatchObject({ code: 'not-writable' });
    const clips = Object.fromEntries(
      Object.entries(document.review.clips).map(([uid, clip]) => [uid, { ...clip, traces: {} }]),
    );
    const empty = { ...document, review: { ...document.review, clips } };
    await expect(dicomContours.write({ ...snapshot, document: empty })).rejects.toMatchObject({
      code: 'not-writable',
    });
  });

  it('names the last report of an earlier revision as its predecessor, and none of its own', async () => {
    const earlier = (head: number, uid: string): EarlierObject => ({
      ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33', sopInstanceUid: uid, seriesInstanceUid: '2.25.9' },
      ...{ sha256: '0'.repeat(64), clip: null, head, at: '2026-01-01T00:00:00Z' },
    });
    const asked: string[] = [];
    const amended = await dicomContours.write({
      ...snapshot,
      earlier: (format) => {
        asked.push(format);
        return [earlier(3, '2.25.3'), earlier(11, '2.25.4'), earlier(5, '2.25.5'), earlier(12, '2.25.6')];
      },
    });
    expect(asked).toEqual(['dicom-contours']);
    const text = JSON.stringify(readWithDcmjs(amended).dict['0040A360']);
    expect(text).toContain('2.25.4');
    expect(text).not.toMatch(/2\.25\.[356]"/);
    expect(JSON.parse(text)).toMatchObject({
      Value: [
        { '0020000D': { Value: ['2.25.1'] }, '00081115': { Value: [{ '0020000E': { Value: ['2.25.9'] } }] } },
      ],
    });
    expect(dict['0040A360']).toBeUndefined();
    const first = await dicomContours.write({ ...snapshot, earlier: () => [earlier(12, '2.25.6')] });
    expect(Buffer.compare(first, report)).toBe(0);
  });
});

const organisation = 'Ward 7';
const decision = { state: 'accepted', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' } as const;
const accepted = contouredSnapshot({ decision });

describe.each([
  ['the sample study', sampleSnapshot(), 'UNVERIFIED'],
  ['three structures', snapshot, 'UNVERIFIED'],
  ['an accepted study', { ...accepted, settings: { ...accepted.settings, organisation } }, 'VERIFIED'],
] as const)('other programs on the contours of %s', (_what, from, flag) => {
  const path = async (): Promise<string> => {
    const file = join(folder(), 'contours.dcm');
    writeFileSync(file, await dicomContours.write(from));
    return file;
  };

  it.runIf(isInstalled('dciodvfy'))('dciodvfy finds no error', async () => {
    const lines = saidBy('dciodvfy', await path()).split('\n');
    expect(lines).toContain('ComprehensiveSR');
    const complaints = lines.filter((line) => /Error|Warning/.test(line));
    const expected = /DICOMDIR - Study (Time|ID)$|\(0x0099,0x1001\).*Unrecognized tag/;
    expect(complaints.filter((line) => !expected.test(line))).toEqual([]);
  });

  it.runIf(isInstalled('dsrdump'))('dcmdump and dsrdump read all of it', async () => {
    const file = await path();
    expect(saidBy('dcmdump', file)).not.toMatch(/^[EW]:/m);
    const said = saidBy('dsrdump', file);
    const complaints = said.split('\n').filter((line) => /^[EW]:/.test(line) && !line.includes('ISO_IR 192'));
    expect(complaints).toEqual([]);
    expect(said).toContain(`Verification Flag   : ${flag}`);
    const { root: read } = readReport(await dicomContours.write(from));
    expect(said.match(/<contains SCOORD:\(,,"Image Region"\)/g)).toHaveLength(groupsIn(read).length);
  });
});
