import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { comparedDocuments } from '../../../core/document/compared-numbers.ts';
import { lineChanges } from '../../../core/document/reading-marks.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { type Caliper, type Marks, renamed } from '../../../core/mark/mark.ts';
import { mostDistanceCharacters, mostMarks } from '../../../core/mark/schema.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import { editSchema } from '../../../core/review/edit.ts';
import { revisionFormat, upcastChanges } from '../../../core/review/upcast.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { beatingTraces, clipFacts, clipReview, finishedRun, studyFacts, studyReview } from './shapes.ts';

const study = studyFacts();
const a4c = clipFacts();
/** No view that is contoured: where most distances are taken. */
const parasternal = clipFacts({ sopInstanceUid: '1.2.3.2', view: { code: 'other', source: 'file' } });

/** A line of so many pixels of 0.4 mm, across. */
const line = (pixels: number, naming: Partial<Caliper> = {}, frame = 3): Caliper => ({
  ...{ kind: 'caliper', frame, from: [100, 100], to: [100 + pixels, 100] },
  ...naming,
});
const marksOf = (...calipers: readonly Caliper[]): Marks =>
  Object.fromEntries(calipers.map((caliper, index) => [String(index).padStart(12, '0'), caliper]));

function measured(...of: readonly (readonly [ClipFacts, Marks])[]) {
  const reviewed = of.map(([facts, marks]) => [
    facts,
    clipReview(facts, { marks, run: finishedRun, traces: beatingTraces(facts.frames, 25) }),
  ]) as never;
  return measureStudy(
    study,
    of.map(([facts]) => facts),
    studyReview(study, reviewed),
    defaultSettings,
  );
}
const numberOf = (of: ReturnType<typeof measured>, name: string) =>
  of.measurements.find((one) => one.name === name);

describe('distances with a name', () => {
  it('are numbers of the study, in whatever view they were measured, and EF is as it was', () => {
    const marks = marksOf(
      line(120, { name: 'LVIDd' }),
      line(25, { name: 'IVSd' }),
      line(50),
      line(9, { words: 'effusion' }),
    );
    const with_ = measured([a4c, {}], [parasternal, marks]);
    const without = measured([a4c, {}], [parasternal, {}]);
    expect(numberOf(with_, 'LVIDd')).toEqual({
      ...{ name: 'LVIDd', method: 'caliper', view: null, unit: 'mm', beat: null },
      value: expect.closeTo(48, 9) as number,
      sources: [{ sopInstanceUid: parasternal.sopInstanceUid, frame: 3 }],
    });
    expect(numberOf(with_, 'IVSd')?.value).toBeCloseTo(10, 9);
    expect(with_.measurements.filter(({ method }) => method === 'caliper')).toHaveLength(2);
    expect(with_.measurements.filter(({ method }) => method !== 'caliper')).toEqual(without.measurements);
    expect(with_.findings).toEqual(without.findings);
    const own = with_.clips[parasternal.sopInstanceUid]!;
    expect(own.measurements.map(({ name }) => name)).toEqual(['LVIDd', 'IVSd']);
    expect(own.calibration?.mmPerPixelX).toBeCloseTo(0.4, 9);
    expect(without.clips[parasternal.sopInstanceUid]!.calibration).toBeNull();
  });

  it('are the mean of what was measured several times, with how far that lies apart', () => {
    const of = measured(
      [a4c, marksOf(line(100, { name: 'LVIDs' }), line(110, { name: 'LVIDs' }, 20))],
      [parasternal, marksOf(line(120, { name: 'LVIDs' }))],
    );
    expect(numberOf(of, 'LVIDs')?.value).toBeCloseTo(44, 9);
    expect(numberOf(of, 'LVIDs')?.sources).toHaveLength(3);
    expect(of.spread.find(({ name }) => name === 'LVIDs')).toMatchObject({
      count: 3,
      least: 40,
      greatest: 48,
    });
    const inClip = of.clips[a4c.sopInstanceUid]!.measurements.find(({ name }) => name === 'LVIDs');
    expect(inClip?.value).toBeCloseTo(42, 9);
  });

  it('are none without a scale, outside of the picture, and of other stages', () => {
    const name = 'Aortic root' as const;
    const bare = clipFacts({ regions: [] });
    expect(numberOf(measured([bare, marksOf(line(80, { name }))]), name)).toBeUndefined();
    expect(numberOf(measured([a4c, marksOf(line(800, { name }))]), name)).toBeUndefined();
    expect(numberOf(measured([a4c, marksOf(line(80, { name }, a4c.frames))]), name)).toBeUndefined();
    const stage = (number: number, label: string) => ({ stage: { name: label, number } });
    const rest = clipFacts(stage(1, 'REST'));
    const peak = clipFacts({ ...stage(3, 'PEAK'), sopInstanceUid: '1.2.3.3' });
    const of = measured([rest, marksOf(line(80, { name }))], [peak, marksOf(line(100, { name }))]);
    expect(numberOf(of, name)?.value).toBeCloseTo(32, 9);
    expect(of.clips[peak.sopInstanceUid]!.measurements.find((one) => one.name === name)?.value).toBeCloseTo(
      40,
      9,
    );
  });

  it('stand beside those of a scanner', () => {
    const of = measured([parasternal, marksOf(line(120, { name: 'LVIDd' }))]);
    const reported = {
      ...{ name: 'LVIDd', value: 46.5, unit: 'mm', view: null, method: null, methodMeaning: null },
      ...{ mode: null, state: null, choice: 'only', of: 1 },
    } as const;
    const compare = (numbers: readonly object[]) =>
      comparedDocuments([{ numbers } as never], of)[0]!.numbers[0];
    expect(compare([reported])).toMatchObject({
      difference: expect.closeTo(1.5, 9) as number,
      isOfOneMethod: true,
    });
    expect(compare([{ ...reported, mode: 'm-mode' }])).toMatchObject({ isOfOneMethod: false });
  });
});

describe('what is taken as the name of a distance', () => {
  const edit = (after: unknown) =>
    editSchema.safeParse({
      ...{ slot: 'mark', sopInstanceUid: a4c.sopInstanceUid, id: '00000000000a', before: null },
      after,
    }).success;

  it.each([
    ['no name', {}, true],
    ['one of the list', { name: 'LVIDd' }, true],
    ['the reader’s own', { words: 'Perikarderguss' }, true],
    ['one that the list has not', { name: 'TAPSE' }, false],
    ['both', { name: 'LVIDd', words: 'LVIDd' }, false],
    ['nothing', { words: '' }, false],
    ['two lines', { words: 'a\nb' }, false],
    ['too many words', { words: 'a'.repeat(mostDistanceCharacters + 1) }, false],
  ])('%s', (_what, naming, isTaken) => expect(edit({ ...line(10), ...naming })).toBe(isTaken));

  it('one takes the place of another', () => {
    expect(renamed(line(10, { name: 'IVSd' }), { words: 'a' })).toEqual(line(10, { words: 'a' }));
    expect(renamed(line(10, { words: 'a' }), {})).toEqual(line(10));
  });

  it('a distance from before there were names has none, and a later format is told from damage', () => {
    const before = [{ slot: 'mark', sopInstanceUid: '1', id: '00000000000a', before: null, after: line(10) }];
    expect(upcastChanges(7, before)).toEqual({ changes: before, limited: false });
    expect(() => upcastChanges(revisionFormat + 1, before)).toThrow(/newer version/);
  });
});

describe('distances of a document', () => {
  const taken = (marks: Marks, ...lines: readonly Caliper[]) => {
    const review = studyReview(study, [[a4c, clipReview(a4c, { marks })]]);
    const { sopInstanceUid } = a4c;
    const made = lineChanges(
      review,
      [a4c],
      lines.map(({ kind: _kind, ...one }) => ({ sopInstanceUid, ...one })),
    );
    return { ...made, marks: Object.values(applyChanges(review, made.changes).clips[sopInstanceUid]!.marks) };
  };

  it('are put beside those that are there, and what is there already stays', () => {
    const [ours, theirs] = [line(50, { name: 'IVSd' }), line(80, { name: 'LVIDd' }, 5)];
    const once = taken(marksOf(ours), theirs, { ...ours, to: [150.004, 100] });
    expect(once).toMatchObject({ had: 2, leftOut: 0, marks: [ours, theirs] });
    expect(once.changes).toHaveLength(1);
    expect(taken(marksOf(ours, theirs), theirs).changes).toEqual([]);
  });

  it('give a name to the line that has none', () => {
    expect(taken(marksOf(line(50)), line(50, { name: 'IVSd' })).marks).toEqual([line(50, { name: 'IVSd' })]);
  });

  it('are left out where they have no length, no frame and no room', () => {
    expect(taken({}, line(900, { name: 'IVSd' }), line(50, { name: 'IVSd' }, 40))).toMatchObject({
      ...{ had: 0, leftOut: 2, changes: [] },
    });
    const full = marksOf(...Array.from({ length: mostMarks }, (_, index) => line(index + 1)));
    expect(taken(full, line(300, { name: 'IVSd' }))).toMatchObject({ had: 0, leftOut: 1 });
  });
});
