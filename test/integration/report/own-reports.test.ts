import { describe, expect, it } from 'vitest';
import { comparedDocuments } from '../../../core/document/compared-numbers.ts';
import { readingChanges } from '../../../core/document/reading-changes.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import { initialReview } from '../../../core/review/initial.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { quantityOf } from '../../../core/quantity/quantities.ts';
import { leftAtrium, leftVentricularCavity, structureOf } from '../../../core/structure/structure.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readContours, readReport } from '../../../main/dicom/structured-report/report.ts';
import { dicomAllContours, dicomContours } from '../../../main/export/dicom-contours.ts';
import { dicomMeasurements } from '../../../main/export/dicom-measurements.ts';
import { withoutPrivateBlock } from '../../fixtures/dicom/stripped-report.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { codeOf } from '../../../main/export/dicom/measurement-item.ts';
import { contouredSnapshot } from './contoured-snapshot.ts';
import { sampleSnapshot } from './sample-snapshot.ts';

const snapshot = sampleSnapshot();
const { document, measurements, settings } = snapshot;
const { facts, clips } = document;
const untouched = initialReview(facts, clips);
const numbers = await dicomMeasurements.write(snapshot);
const contours = await dicomContours.write(snapshot);
const stripped = withoutPrivateBlock(await dicomAllContours.write(snapshot));

const read = (bytes: Uint8Array) => readReport(new MemorySource(bytes), 'own.dcm').document;
const taken = (bytes: Uint8Array) => {
  const reading = readContours(new MemorySource(bytes), 'own.dcm')!;
  const made = readingChanges(untouched, clips, '2.25.1', reading);
  return { ...made, reading, review: applyChanges(untouched, made.changes) };
};
const measuredOf = (review: StudyReview) => measureStudy(facts, clips, review, settings);

describe('our measurements read back', () => {
  const own = read(numbers);

  it.each<[string, ExportSnapshot, number]>([
    ['of two planes', snapshot, 10],
    ['with wall and atrium, strain among it', contouredSnapshot(), 16],
  ])('hold the whole panel %s, with methods, views and units', async (_what, from, least) => {
    const back = read(await dicomMeasurements.write(from)).numbers;
    const panel = from.measurements.measurements.filter((one) => codeOf(one) !== null);
    expect(panel.length).toBeGreaterThanOrEqual(least);
    // Every number that the panel has, but for lengths of clips that nothing calibrates.
    expect(from.measurements.measurements.filter((one) => codeOf(one) === null)).toEqual([]);
    for (const { name, method, view, unit, value } of panel) {
      const found = back.filter(
        (one) =>
          one.name === name &&
          one.unit === unit &&
          (one.method === method || one.method === null) &&
          (one.view === view || one.view === null),
      );
      expect(
        found.map((one) => one.value).filter((one) => Math.abs(one - value) < 1e-9),
        name,
      ).toHaveLength(1);
      if (quantityOf(name)?.structure !== null) expect(found[0]!.choice, name).toBe('mean');
    }
  });

  it('hold the means of both planes', () => {
    for (const { sopInstanceUid } of clips) {
      const means = measurements.clips[sopInstanceUid]!.measurements.filter(
        ({ name, beat }) => beat === null && quantityOf(name)?.code !== null && name !== 'HR',
      );
      expect(means.length).toBeGreaterThan(6);
      for (const { name, method, view, unit, value } of means) {
        const back = own.numbers.find(
          (one) =>
            one.name === name &&
            one.view === view &&
            one.unit === unit &&
            (one.method === method || one.method === null),
        );
        expect(back?.value, `${name} ${view} ${method}`).toBeCloseTo(value, 9);
      }
    }
  });

  it('beside the numbers that they were written from differ by nothing', () => {
    const [compared] = comparedDocuments([own], measurements);
    expect(compared!.document.bySystola).toBe(true);
    expect(compared!.numbers.length).toBeGreaterThan(12);
    for (const { difference, ours, reported } of compared!.numbers) {
      expect(ours, reported.name).not.toBeNull();
      expect(Math.abs(difference!), reported.name).toBeLessThan(1e-9);
    }
  });
});

describe('our contours read back', () => {
  it('are exactly those that were written, and so are all numbers', () => {
    const { review, contours: count, leftOut, reading } = taken(contours);
    expect(reading.kind).toBe('exact');
    expect([count, leftOut]).toEqual([132, 0]);
    for (const { sopInstanceUid } of clips) {
      expect(review.clips[sopInstanceUid]).toEqual(document.review.clips[sopInstanceUid]);
    }
    expect({ ...measuredOf(review), findings: [] }).toEqual({ ...measurements, findings: [] });
    expect(review.readings).toEqual(['2.25.1']);
    expect(read(contours).contours).toEqual({
      kind: 'exact',
      clips: clips.map(({ sopInstanceUid }) => ({ sopInstanceUid, contours: 66 })),
      revision: { id: 12, at: '2026-02-03T04:05:06.789Z' },
      leftOut: 0,
    });
  });

  it('without the private block are fitted, marked by hand: areas to 0.5 %, EF to 0.3', () => {
    const { review, reading, contours: count } = taken(stripped);
    expect([reading.kind, count]).toEqual(['fitted', 132]);
    let worst = 0;
    for (const { sopInstanceUid } of clips) {
      const [fitted, written] = [review, document.review].map(
        (one) => one.clips[sopInstanceUid]!.traces['lv-cavity']!,
      );
      for (const [frame, trace] of Object.entries(fitted!)) {
        expect(trace.source).toEqual({ kind: 'fitted' });
        const [own, theirs] = [trace, written![Number(frame)]!].map((one) => polygonArea(tracePolyline(one)));
        worst = Math.max(worst, Math.abs(own! / theirs! - 1));
      }
    }
    expect(worst).toBeLessThan(0.005);
    const fraction = (from: typeof measurements) =>
      from.measurements.find(({ name }) => name === 'EF')!.value;
    expect(Math.abs(fraction(measuredOf(review)) - fraction(measurements))).toBeLessThan(0.3);
  });

  it('of which another program moved a point are what that program says, not what stands in the block', () => {
    const bytes = Uint8Array.from(contours);
    const at = Buffer.from(bytes.buffer).indexOf(Buffer.from([0x70, 0, 0x22, 0, 0x46, 0x4c]));
    new DataView(bytes.buffer).setFloat32(at + 8, 300, true);
    expect(taken(bytes).reading.kind).toBe('fitted');
  });

  it('of which another program changed the structure are what that program says', () => {
    const bytes = Uint8Array.from(contours);
    const [cavity, atrium] = [leftVentricularCavity, leftAtrium].map((id) => structureOf(id)!.code.value);
    const at = Buffer.from(bytes.buffer).indexOf(Buffer.from(cavity!, 'latin1'));
    expect(atrium).toHaveLength(cavity!.length);
    bytes.set(Buffer.from(atrium!, 'latin1'), at);
    expect(taken(bytes).reading.kind).toBe('fitted');
  });

  it('of frames that the clip does not have, or with landmarks that the structure has not, are left out', () => {
    const reading = readContours(new MemorySource(contours), 'own.dcm')!;
    if (reading.kind !== 'exact') throw new Error('It is not exact.');
    const [first, second] = reading.block.clips;
    const { frames, review } = first!;
    const [trace] = Object.values(review.traces['lv-cavity']!);
    const hostile: (typeof review)[] = [
      { ...review, traces: { 'lv-cavity': { ...review.traces['lv-cavity'], [frames]: trace! } } },
      { ...review, traces: { ...review.traces, 'lv-wall': { 0: { ...trace!, apexIndex: null } } } },
      { ...review, beats: [{ edFrame: 0, esFrame: frames, nextEdFrame: null, source: 'user' }] },
      { ...review, excludedBeats: [frames] },
      { ...review, run: { ...review.run!, range: { from: 0, to: frames } } },
    ];
    for (const said of hostile) {
      const block = { ...reading.block, clips: [{ ...first!, review: said }, second!] };
      const made = readingChanges(untouched, clips, '2.25.1', { kind: 'exact', block });
      expect(made.contours).toBe(66);
      expect(made.leftOut).toBeGreaterThanOrEqual(66);
    }
  });

  it('of clips of another size or length, or of none, are left out', () => {
    const reading = readContours(new MemorySource(contours), 'own.dcm')!;
    const [a4c, a2c] = clips;
    const shorter = [{ ...a4c!, frames: a4c!.frames - 1 }, a2c!];
    expect(readingChanges(untouched, shorter, '2.25.1', reading)).toMatchObject({
      contours: 66,
      leftOut: 66,
    });
    expect(readingChanges(untouched, [], '2.25.1', reading)).toEqual({
      changes: [],
      contours: 0,
      distances: 0,
      leftOut: 132,
    });
  });
});

it('codes of SNOMED RT are read as those of SNOMED CT', async () => {
  const legacy = { ...snapshot, settings: { ...settings, snomedScheme: 'SRT' as const } };
  const [one, two] = [read(numbers), read(await dicomMeasurements.write(legacy))];
  expect(two.numbers.length).toBeGreaterThan(20);
  expect(two.numbers).toEqual(one.numbers);
  expect(taken(await dicomContours.write(legacy)).contours).toBe(132);
});
