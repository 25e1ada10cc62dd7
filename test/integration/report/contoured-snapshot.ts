import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { inEnglish } from '../../../core/language/english.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { defaultTemplate } from '../../../main/report/template.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  runWithRoomBelow,
  studyFacts,
  studyReview,
  wallsAround,
  withRoomBelow,
} from '../../unit/core/shapes.ts';
import { snapshotOf } from './sample-snapshot.ts';

/** Of clips that nothing shows, in grey. */
const picture = { rows: 700, columns: 500, channels: 1, data: new Uint8Array(700 * 500) } as const;

export const calibrated: ClipFacts = clipFacts({
  ...withRoomBelow,
  ...{ frames: 60, sopInstanceUid: '2.25.11', seriesInstanceUid: '2.25.10', studyInstanceUid: '2.25.1' },
});
export const uncalibrated: ClipFacts = clipFacts({
  ...withRoomBelow,
  ...{ frames: 60, sopInstanceUid: '2.25.21', seriesInstanceUid: '2.25.20', studyInstanceUid: '2.25.1' },
  ...{ regions: [], view: { code: 'a2c', source: 'user' } },
});

const cavities = beatingTraces(60, 25);

/** A study with cavity, wall and atrium on every frame of a clip, and a cavity alone on one that nothing calibrates. */
export function contouredSnapshot(change: Partial<StudyReview> = {}): ExportSnapshot {
  const { patient } = studyFacts();
  const facts = studyFacts({
    ...{ studyInstanceUid: '2.25.1', heightCm: 170, weightKg: 70, studyDate: '2026-01-02' },
    patient: { ...patient, name: { ...patient.name, alphabetic: 'Person^Test' } },
  });
  const own = clipReview(calibrated, { traces: cavities, run: runWithRoomBelow });
  const traces = { ...own.traces, 'lv-wall': wallsAround(cavities), 'left-atrium': atriaBelow(cavities) };
  const review = studyReview(
    facts,
    [
      [calibrated, { ...own, traces }],
      [uncalibrated, clipReview(uncalibrated, { traces: beatingTraces(60, 25), run: runWithRoomBelow })],
    ],
    change,
  );
  const clips = [calibrated, uncalibrated];
  const input = {
    document: { facts, clips, review, history: [], head: 12, runs: [], documents: [] },
    measurements: measureStudy(facts, clips, review, defaultSettings),
  };
  return snapshotOf({
    ...input,
    settings: defaultSettings,
    words: inEnglish,
    template: defaultTemplate,
    logo: null,
    prior: null,
    softwareVersion: '0.1.0',
    createdAt: new Date('2026-03-04T05:06:07Z'),
    files: new Map(),
    frame: () => Promise.resolve(picture),
  });
}
