import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { ViewRecognition } from '../../../core/clip/view-recognition.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import type { ClipReview } from '../../../core/review/review.ts';
import { csvOf } from '../../../main/export/research/csv.ts';
import { measurementColumns } from '../../../main/export/research/measurement-columns.ts';
import { measurementRows } from '../../../main/export/research/measurement-rows.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  finishedRun,
  studyFacts,
  studyReview,
} from '../core/shapes.ts';

const study = studyFacts();
const traces = beatingTraces(60, 25);

function tableOf(...clips: readonly (readonly [ClipFacts, ClipReview])[]) {
  const facts = clips.map(([one]) => one);
  const review = studyReview(study, clips);
  const measured = measureStudy(study, facts, review, defaultSettings);
  const rows = measurementRows({ clips: facts, review }, measured, { studyUid: '1.2', patient: null });
  return readCsv(
    csvOf(
      measurementColumns,
      rows.map((row) => ({ ...row, softwareVersion: '1.2.3' })),
    ),
  );
}

const a4c = clipFacts({ frames: 60 });
const a2c = clipFacts({ frames: 60, sopInstanceUid: '1.2.3.2', view: { code: 'a2c', source: 'file' } });

describe('a row', () => {
  it('says of a missing number which finding refuses it, and of a given one which qualify it', () => {
    const table = tableOf([clipFacts({ frames: 60, regions: [] }), clipReview(a4c, { traces })]);
    const of = (level: string, measurement: string) =>
      table.filter(
        (row) => row['level'] === level && row['measurement'] === measurement && row['beat'] === '',
      );
    for (const level of ['study', 'clip']) {
      expect(of(level, 'EDV'), level).toHaveLength(1);
      expect(of(level, 'EDV')[0]).toMatchObject({
        ...{ value: '', unit: '', method: '', phase: 'ed', refused_by: 'no-calibration', qualified_by: '' },
      });
      // Ratios need no scale.
      expect(of(level, 'EF')[0]?.['value']).toMatch(/^\d+\.\d+$/);
      expect(of(level, 'EF')[0]).toMatchObject({ refused_by: '', calibration_source: '' });
      expect(of(level, 'EF')[0]?.['qualified_by']).not.toContain('no-calibration');
    }
    expect(of('clip', 'LV length ED')[0]).toMatchObject({ unit: 'px', qualified_by: 'no-calibration' });
  });

  it('is there for a study of which nothing was measured', () => {
    const table = tableOf([a4c, clipReview(a4c)]);
    const refused = table.filter(({ level }) => level === 'study');
    expect(refused.map(({ measurement }) => measurement)).toEqual(['EF', 'EDV', 'ESV']);
    for (const row of refused)
      expect(row).toMatchObject({ value: '', sop_uid: '', view: '', decision: 'pending' });
    expect(refused[0]?.['refused_by']?.split(';')).toContain('not-traced');
  });

  it('names what was recognised with its certainty, and models clip by clip where they differ', () => {
    const recognised = clipFacts({ ...a4c, view: { code: 'unknown', source: 'none' } });
    const recognition: ViewRecognition = {
      ...{ certainty: 0.875, recogniser: 'r', version: '1', sha256: 'f'.repeat(64) },
      code: 'a4c',
      picture: { minX: 0, minY: 0, maxX: 499, maxY: 399 },
    };
    const run = { ...finishedRun, model: 'other', version: '2', sha256: 'a'.repeat(64) };
    const table = tableOf(
      [recognised, clipReview(recognised, { traces, recognition })],
      [a2c, clipReview(a2c, { traces, run })],
    );
    const ef = table.find(({ measurement }) => measurement === 'EF');
    expect(ef).toMatchObject({
      ...{ level: 'study', view: 'biplane', view_source: 'recognised;file', view_certainty: '0.875' },
      ...{ source_clips: '1.2.3.1;1.2.3.2', model: 'test;other', model_version: '1;2' },
      ...{ model_sha256: `${'0'.repeat(64)};${'a'.repeat(64)}`, software: 'Systola 1.2.3' },
      ...{ calibration_source: 'region', edited: 'no' },
    });
    expect(ef?.['qualified_by']?.split(';')).toContain('view-recognised');
    const ofSecond = table.filter((row) => row['sop_uid'] === '1.2.3.2');
    expect(new Set(ofSecond.map(({ view_source }) => view_source))).toEqual(new Set(['file']));
    expect(new Set(ofSecond.map(({ qualified_by }) => qualified_by))).not.toContain('view-recognised');
  });

  it('is of a beat, counted or not, with its own frames and contours', () => {
    const [first] = tableOf([a4c, clipReview(a4c, { traces })]).filter(({ beat }) => beat !== '');
    const es = Number(first?.['es_frame']);
    const byHand = { ...traces, [es]: { ...traces[es]!, source: { kind: 'manual' } as const } };
    const excludedBeats = [Number(first?.['ed_frame'])];
    const table = tableOf([a4c, clipReview(a4c, { traces: byHand, excludedBeats })]);
    const of = (measurement: string, beat: string) =>
      table.find(
        (row) => row['level'] === 'clip' && row['measurement'] === measurement && row['beat'] === beat,
      );
    expect(of('EF', '0')).toMatchObject({ beat_included: 'no', edited: 'yes', es_frame: String(es) });
    expect(of('EF', '0')?.['frames']).toBe(`${first?.['ed_frame']};${es}`);
    expect(of('EDV', '0')).toMatchObject({ edited: 'no', frames: first?.['ed_frame'] });
    expect(of('EF', '1')).toMatchObject({ beat_included: 'yes', edited: 'no' });
    expect(of('EF', '')).toMatchObject({ beat_included: '', edited: 'no', ed_frame: '' });
  });

  it('carries the stage of a stress study', () => {
    const stage = { name: '=PEAK', number: 3 };
    const staged = clipFacts({ ...a4c, stage });
    const table = tableOf([staged, clipReview(staged, { traces })]);
    expect(table.filter(({ level }) => level === 'clip')[0]).toMatchObject({
      ...{ stage_name: "'=PEAK", stage_number: '3' },
    });
  });
});
