import { defaultTemplate } from '../../main/report/template.ts';
import { measureStudy } from '../../core/assessment/measure-study.ts';
import { inEnglish } from '../../core/language/english.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { distanceNames } from '../../core/mark/distance-name.ts';
import type { Marks } from '../../core/mark/mark.ts';
import type { Decision } from '../../core/review/review.ts';
import { defaultSettings } from '../../core/settings/settings.ts';
import type { ExportSnapshot } from '../../main/export/exporter.ts';
import { Random } from '../fuzz/random.ts';
import { snapshotOf } from '../integration/report/sample-snapshot.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  evenTiming,
  finishedRun,
  runWithRoomBelow,
  studyFacts,
  studyReview,
  wallsAround,
  withRoomBelow,
} from '../unit/core/shapes.ts';

const names = [
  { alphabetic: 'Schmidt-Çelik^Łucja^^Dr.', ideographic: '', phonetic: '' },
  { alphabetic: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: 'やまだ^たろう' },
  { alphabetic: 'Hong^Gildong', ideographic: '洪^吉洞', phonetic: '홍^길동' },
  { alphabetic: 'Иванова^Ольга', ideographic: '', phonetic: '' },
  { alphabetic: 'مريم^خالد', ideographic: '', phonetic: '' },
  { alphabetic: '', ideographic: '', phonetic: '' },
];
const descriptions = [null, 'Stress echo', 'Écho de stress – 2ᵉ étape', '心エコー', 'a\\b', ''];

const notes = ['Thrombus?', 'a\\b', '左室 – plutôt à gauche', 'x'.repeat(200)];

/** A study that this seed alone decides on, from one still without contours to four calibrated loops of several beats. */
export function seededSnapshot(seed: number): ExportSnapshot {
  const random = new Random(seed);
  const facts = seededFacts(random, seed);
  const clips = Array.from({ length: random.between(1, 4) }, (_, index) =>
    seededClip(random, facts, seed, index),
  );
  const review = studyReview(
    facts,
    clips.map((clip) => [clip, seededReview(random, clip)] as const),
    { decision: seededDecision(random) },
  );
  const settings = { ...defaultSettings, bsaFormula: random.of(['du-bois', 'mosteller'] as const) };
  return snapshotOf(
    {
      document: { facts, clips, review, history: [], head: 12, runs: [], documents: [] },
      measurements: measureStudy(facts, clips, review, settings),
      settings,
      words: inEnglish,
      template: defaultTemplate,
      logo: null,
      prior: null,
      softwareVersion: '0.1.0',
      files: new Map(
        clips.map(({ sopInstanceUid, fileName }) => [
          sopInstanceUid,
          { fileName, sha256: 'f'.repeat(64), sound: true },
        ]),
      ),
      frame: (_uid, _frame) =>
        Promise.resolve({ rows: 4, columns: 5, channels: 1, data: new Uint8Array(20).fill(seed % 256) }),
      createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, seed)),
    },
    new Date(Date.UTC(2025, 0, 1, 0, 0, 0, seed * 12_345)).toISOString(),
  );
}

function seededFacts(random: Random, seed: number): StudyFacts {
  const or = <T>(value: T): T | null => (random.chance(0.3) ? null : value);
  return studyFacts({
    studyInstanceUid: `2.25.${seed + 1}`,
    patient: {
      patientId: random.of(['P-1', 'Ä 17/3', 'x'.repeat(64), '']),
      issuerOfPatientId: or('Ward 7'),
      name: random.of(names),
      birthDate: or('1931-02-28'),
      sex: random.of(['male', 'female', 'other', 'unknown'] as const),
    },
    studyDate: or('2024-02-29'),
    description: random.of(descriptions),
    accessionNumber: or(`A-${seed}`),
    heightCm: or(random.between(50, 210)),
    weightKg: or(random.between(4, 180)),
    heartRateBpm: or(random.between(30, 220)),
  });
}

function seededClip(
  random: Random,
  { studyInstanceUid }: StudyFacts,
  seed: number,
  index: number,
): ClipFacts {
  const frames = random.of([1, 12, 40, 90]);
  const calibrated = random.chance(0.8);
  return clipFacts({
    ...withRoomBelow,
    ...{
      studyInstanceUid,
      sopInstanceUid: `2.25.${seed + 1}.${index + 1}`,
      seriesInstanceUid: `2.25.${seed + 1}.9`,
    },
    ...{ instanceNumber: random.chance(0.9) ? index + 1 : null, fileName: `clip ${index}.dcm`, frames },
    timing: evenTiming(frames, random.of([16.7, 33.3, 50]), random.chance(0.2)),
    view: random.of([
      ...[{ code: 'a4c', source: 'file' } as const, { code: 'a2c', source: 'file' } as const],
      ...[{ code: 'a3c', source: 'file' } as const, { code: 'unknown', source: 'none' } as const],
    ]),
    ...(calibrated ? {} : { regions: [] }),
    heartRateBpm: random.chance(0.3) ? random.between(40, 140) : null,
    colourOverlay: random.chance(0.1),
  });
}

function seededReview(random: Random, facts: ClipFacts) {
  if (facts.frames === 1 || random.chance(0.1)) return clipReview(facts, { run: null });
  const shape = {
    diameter: random.between(90, 120),
    length: random.between(180, 240),
    least: random.between(60, 95) / 100,
  };
  const cavities = beatingTraces(facts.frames, random.between(10, 30), {
    ...shape,
    ...(random.chance(0.3) ? { source: { kind: 'manual' } as const } : {}),
  });
  const marks: Marks = random.chance(0.4)
    ? {
        '00000000000a': {
          kind: 'caliper',
          frame: 0,
          from: [90.5, 200],
          to: [random.between(91, 480), 203.25],
          ...(random.chance(0.7)
            ? { name: random.of(distanceNames) }
            : { words: random.of(notes).trim().slice(0, 40).trim() }),
        },
        '00000000000b': { kind: 'note', frame: facts.frames - 1, at: [-3, 9], text: random.of(notes) },
      }
    : {};
  const review = clipReview(facts, {
    marks,
    run: { ...runWithRoomBelow, ...finishedRunOf(facts) },
    traces: cavities,
  });
  if (random.chance(0.5)) return review;
  const traces = { ...review.traces, 'lv-wall': wallsAround(cavities), 'left-atrium': atriaBelow(cavities) };
  return { ...review, traces };
}

const finishedRunOf = ({ frames }: ClipFacts) => ({
  ...finishedRun,
  sector: runWithRoomBelow.sector,
  framesDone: frames,
});

function seededDecision(random: Random): Decision {
  const at = '2026-02-03T08:00:00.000Z';
  if (random.chance(0.6)) return { state: 'pending' };
  return { state: 'accepted', at, by: random.of(['Dr. Reader', '山田 太郎', 'Łucja^Ö']) };
}
