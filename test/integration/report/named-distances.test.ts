import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { readingChanges } from '../../../core/document/reading-changes.ts';
import { readingPreview } from '../../../core/document/reading-preview.ts';
import type { Marks } from '../../../core/mark/mark.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readContours, readReport as readDocument } from '../../../main/dicom/structured-report/report.ts';
import { dicomMeasurements } from '../../../main/export/dicom-measurements.ts';
import { dicomSimplifiedMeasurements } from '../../../main/export/dicom-simplified-measurements.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { measurementsCsv } from '../../../main/export/measurements-csv.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { below, qualified, readReport } from '../../fixtures/dicom/read-report.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { sampleSnapshot } from './sample-snapshot.ts';

const folder = temporaryFolders();

/** The sample study with distances on a clip of it. */
function withMarks(marks: Marks, change: (snapshot: ExportSnapshot) => ExportSnapshot = (one) => one) {
  const { document, ...rest } = change(sampleSnapshot());
  const [clip] = document.clips;
  const own = document.review.clips[clip!.sopInstanceUid]!;
  const review = {
    ...document.review,
    clips: { ...document.review.clips, [clip!.sopInstanceUid]: { ...own, marks } },
  };
  return {
    ...rest,
    document: { ...document, review },
    measurements: measureStudy(document.facts, document.clips, review, rest.settings),
  };
}

const marks: Marks = {
  '00000000000a': { kind: 'caliper', frame: 4, from: [100.25, 100], to: [150.75, 101.5], name: 'LVIDd' },
  '00000000000b': { kind: 'caliper', frame: 4, from: [100, 60], to: [110, 60], name: 'IVSd' },
  '00000000000c': { kind: 'caliper', frame: 9, from: [100, 60], to: [112, 60], name: 'IVSd' },
  '00000000000d': { kind: 'caliper', frame: 9, from: [100, 80], to: [120, 80], words: 'Perikarderguss' },
  '00000000000e': { kind: 'caliper', frame: 9, from: [100, 90], to: [130, 90] },
  '00000000000f': { kind: 'caliper', frame: 1, from: [90, 90], to: [120, 90], name: 'Aortic root' },
};
const snapshot = withMarks(marks);
const { document, measurements, settings } = snapshot;
const [clip] = document.clips;
const report = await dicomMeasurements.write(snapshot);
const { root } = readReport(report);
const numberOf = (name: string) => measurements.measurements.find((one) => one.name === name)!;
const mmOf = (pixels: number) => pixels * measurements.clips[clip!.sopInstanceUid]!.spacing.mmPerPixelX;

describe('named distances in the measurements report', () => {
  const numbers = below(root).filter(({ type }) => type === 'NUM');
  const of = (code: string) => numbers.filter(({ name }) => name === code);

  it('are lengths in cm by their published codes, with line and frame, as the reader chose them', () => {
    const [diameter, ...others] = of('LN 29436-3');
    expect(others).toEqual([]);
    expect(diameter).toMatchObject({ unit: 'UCUM cm' });
    expect(diameter!.number).toBeCloseTo(numberOf('LVIDd').value / 10, 12);
    expect(qualified(diameter!, 'DCM 121404')).toBe('DCM 121410');
    expect(qualified(diameter!, 'DCM 111031')).toBe('SCT 399214001');
    const line = diameter!.children.find(({ type }) => type === 'SCOORD')!;
    expect(line).toMatchObject({ relationship: 'INFERRED FROM', graphic: [100.75, 100.5, 151.25, 102] });
    expect(line.children[0]).toMatchObject({
      image: clip!.sopInstanceUid,
      frame: 5,
      relationship: 'SELECTED FROM',
    });
  });

  it('are means of several where something was measured several times, each of which stands there too', () => {
    const [mean, ...single] = of('LN 18154-5');
    expect(mean!.number).toBeCloseTo(mmOf(11) / 10, 9);
    expect(qualified(mean!, 'DCM 121401')).toBe('SCT 373098007');
    expect(qualified(mean!, 'DCM 121404')).toBe('DCM 121412');
    expect(mean!.children.filter(({ type }) => type === 'SCOORD')).toHaveLength(2);
    expect(single.map(({ number }) => number)).toEqual([
      expect.closeTo(mmOf(10) / 10, 9),
      expect.closeTo(mmOf(12) / 10, 9),
    ]);
  });

  it('stand at their sites, those in the reader’s own words as lengths of the heart with their words', () => {
    const [own, ...others] = of('SCT 410668003');
    expect(others).toEqual([]);
    expect(qualified(own!, 'DCM 112039')).toBe('Perikarderguss');
    const sites = root.children
      .filter(({ name }) => name === 'DCM 121070')
      .map(
        (section) =>
          [qualified(section, 'SCT 363698007'), below(section).filter(({ type }) => type === 'NUM')] as const,
      );
    const siteOf = (code: string) =>
      sites.filter(([, items]) => items.some(({ name }) => name === code)).map(([site]) => site);
    expect(siteOf('LN 29436-3')).toEqual(['SCT 87878005']);
    expect(siteOf('LN 18043-0')).toEqual(['SCT 87878005']);
    expect(siteOf('LN 18015-8')).toEqual(['SCT 8128003']);
    expect(siteOf('SCT 410668003')).toEqual(['SCT 80891009']);
    expect(new Set(sites.map(([site]) => site)).size).toBe(sites.length);
  });

  it('are not there without a name, nor without a scale', async () => {
    const lengths = numbers.filter(
      ({ unit, children }) => unit === 'UCUM cm' && children.some(({ graphic }) => graphic.length === 4),
    );
    expect(lengths).toHaveLength(6);
    const bare = withMarks(marks, (one) => ({
      ...one,
      document: {
        ...one.document,
        clips: one.document.clips.map((facts) => ({ ...facts, regions: [], pixelSpacingMm: null })),
      },
    }));
    const { root: without } = readReport(await dicomMeasurements.write(bare));
    expect(below(without).filter(({ graphic }) => graphic.length === 4)).toEqual([]);
    expect(below(without).some(({ name }) => name === 'LN 29436-3')).toBe(false);
  });

  it('make a report of a study that nothing is contoured in', async () => {
    const alone = withMarks(marks, (one) => {
      const { clips } = one.document.review;
      const bare = Object.fromEntries(
        Object.entries(clips).map(([uid, own]) => [
          uid,
          { ...own, traces: {}, view: { code: 'other', source: 'user' } as const },
        ]),
      );
      return { ...one, document: { ...one.document, review: { ...one.document.review, clips: bare } } };
    });
    const all = below(readReport(await dicomMeasurements.write(alone)).root);
    expect(all.filter(({ name }) => name === 'LN 29436-3')).toHaveLength(1);
    expect(all.some(({ name }) => name === 'LN 18043-0')).toBe(false);
    expect(all.filter(({ type, name }) => type === 'IMAGE' && name === '').length).toBeGreaterThan(0);
  });

  it('say in the simplified report which site and property they are of', async () => {
    const items = below(readReport(await dicomSimplifiedMeasurements.write(snapshot)).root);
    const diameter = items.find(({ name }) => name === 'LN 80007-8')!;
    expect(diameter.number).toBeCloseTo(numberOf('LVIDd').value / 10, 12);
    expect(qualified(diameter, 'DCM 121404')).toBe('DCM 121410');
    expect(diameter.children.find(({ type }) => type === 'SCOORD')).toMatchObject({ name: 'DCM 121112' });
  });

  it.runIf(isInstalled('dciodvfy'))('pass dciodvfy', () => {
    const path = join(folder(), 'distances.dcm');
    writeFileSync(path, report);
    expect(saidBy('dciodvfy', path)).not.toMatch(/^Error/m);
  });
});

describe('the measurements report read back', () => {
  const back = readDocument(new MemorySource(report), 'numbers.dcm').document;
  const reading = readContours(new MemorySource(report), 'numbers.dcm')!;
  const untouched = initialReview(document.facts, document.clips);

  it('has the numbers', () => {
    for (const name of ['LVIDd', 'IVSd', 'Aortic root'] as const) {
      const [found, ...others] = back.numbers.filter((one) => one.name === name);
      expect(found?.value, name).toBeCloseTo(numberOf(name).value, 9);
      expect([name, others.length]).toEqual([name, 0]);
    }
  });

  it('offers the lines, which give the same numbers in a library that has none', () => {
    expect(back.contours).toEqual({
      ...{ kind: 'fitted', revision: null, leftOut: 0 },
      clips: [{ sopInstanceUid: clip!.sopInstanceUid, contours: 0, distances: 5 }],
    });
    const made = readingChanges(untouched, document.clips, '2.25.1', reading);
    expect(made).toMatchObject({ contours: 0, distances: 5, leftOut: 0 });
    const after = applyChanges(untouched, made.changes);
    const own = Object.values(after.clips[clip!.sopInstanceUid]!.marks);
    const { '00000000000e': _unnamed, ...named } = marks;
    const key = (mark: Marks[string]) => JSON.stringify(mark);
    expect(own.map(key).toSorted()).toEqual(Object.values(named).map(key).toSorted());
    const measured = measureStudy(document.facts, document.clips, after, settings);
    for (const name of ['LVIDd', 'IVSd', 'Aortic root'])
      expect(measured.measurements.find((one) => one.name === name)?.value, name).toBeCloseTo(
        numberOf(name).value,
        5,
      );
  });

  it('says nothing new where the distances are', () => {
    const { facts, clips, review } = document;
    expect(readingPreview({ facts, clips, review }, '2.25.1', reading, settings).isSame).toBe(true);
    expect(readingPreview({ facts, clips, review: untouched }, '2.25.1', reading, settings).isSame).toBe(
      false,
    );
  });
});

it('the table of measurements has them, with the reader’s words in a column of their own', async () => {
  const rows = readCsv(await measurementsCsv.write(snapshot));
  const of = (level: string, name: string) =>
    rows.filter((row) => row['level'] === level && row['measurement'] === name);
  expect(of('study', 'IVSd')).toHaveLength(1);
  expect(of('study', 'IVSd')[0]).toMatchObject({
    method: 'caliper',
    unit: 'mm',
    code: '18154-5',
    frames: '4;9',
    own_name: '',
  });
  expect(Number(of('clip', 'IVSd')[0]!['value'])).toBeCloseTo(mmOf(11), 9);
  expect(of('clip', 'distance')).toHaveLength(1);
  expect(of('clip', 'distance')[0]).toMatchObject({
    own_name: 'Perikarderguss',
    frames: '9',
    calibration_source: 'region',
  });
});
