import { describe, expect, it } from 'vitest';
import type { Sex } from '../../../../core/clip/clip.ts';
import type { StudyMeasurements } from '../../../../core/assessment/measure-study.ts';
import { proposedConclusion } from '../../../../core/conclusion/proposed-conclusion.ts';
import type { ConclusionInput } from '../../../../core/conclusion/conclusion-input.ts';
import type { Finding } from '../../../../core/finding/finding.ts';
import { inEnglish } from '../../../../core/language/english.ts';
import { message } from '../../../../core/language/message.ts';
import type { Measurement } from '../../../../core/measurement/measurement.ts';
import { ejectionRow, finding, input, measuredStudy, number } from './measured.ts';

const heldAgainst = { studyInstanceUid: '1.2.840.9', by: 'rule', time: 'earlier' } as const;

const said = (about: ConclusionInput): string =>
  proposedConclusion(about)
    .map((sentence) => inEnglish.say(sentence))
    .join('\n');

const of = (
  measurements: readonly Measurement[],
  changes: Partial<StudyMeasurements> = {},
  about: Partial<ConclusionInput> = {},
  ofClips: Readonly<Record<'a4c' | 'a2c', readonly Finding[]>> = { a4c: [], a2c: [] },
): string => said(input(measuredStudy(measurements, changes, ofClips), about));

const graded = /normal|mild|moderate|severe/;

/** The bands of ASE/EACVI 2015, table 2, at their bounds. */
const ejections: readonly (readonly [value: number, sex: Sex, words: string])[] = [
  [72, 'male', 'normal'],
  [52, 'male', 'normal'],
  [51.9, 'male', 'mildly reduced'],
  [41, 'male', 'mildly reduced'],
  [40.9, 'male', 'moderately reduced'],
  [30, 'male', 'moderately reduced'],
  [29.9, 'male', 'severely reduced'],
  [73, 'male', 'above the normal range'],
  [54, 'female', 'normal'],
  [53.9, 'female', 'mildly reduced'],
];

describe('the proposed conclusion', () => {
  it.each(ejections)('calls an EF of %d %% of a %s by its degree', (value, sex, words) => {
    const text = of([number('EF', value)], {}, { sex });
    expect(text).toContain(`(biplane disks): ${words}.`);
    expect(text).toContain(`Grades by ASE/EACVI 2015, limits of ${sex === 'male' ? 'men' : 'women'}.`);
  });

  it('grades volumes by body surface where that is known, else the volumes', () => {
    const volumes = [number('EF', 60), number('EDV', 160), number('ESV', 64)];
    expect(of(volumes)).toContain('End-diastolic volume 160 mL: mildly enlarged.');
    const text = of([...volumes, number('EDVI', 70), number('ESVI', 46)]);
    expect(text).toContain('End-diastolic volume 160 mL (70 mL/m²): normal.');
    expect(text).toContain('End-systolic volume 64 mL (46 mL/m²): severely enlarged.');
  });

  it.each([
    [34, 'normal'],
    [34.5, 'mildly enlarged'],
    [42, 'moderately enlarged'],
    [49, 'severely enlarged'],
  ] as const)('grades a left atrium of %d mL/m²', (index, words) => {
    const text = of([number('EF', 60), number('LAV max', 70), number('LAVI max', index)]);
    expect(text).toContain(`Left atrium 70 mL (${index.toFixed(0)} mL/m²): ${words}.`);
  });

  it('gives the volume of an atrium without a body surface, and does not grade it', () => {
    const text = of([number('LAV max', 140)]);
    expect(text).toContain('Left atrium 140 mL; without height and weight it is not graded.');
    expect(text).not.toMatch(/enlarged/);
  });

  it('calls strain contour strain, and never grades it', () => {
    for (const value of [-6, -20]) {
      const text = of([number('Contour strain', value, { method: 'mean-of-views' })]);
      expect(text).toContain(`Contour strain ${value}.0 %, from the length of the contour`);
      expect(text).toContain('not by speckle tracking; not graded.');
      expect(text).not.toMatch(/normal|reduced/);
    }
  });

  const numbers = [number('EF', 35), number('EDV', 180), number('ESV', 117), number('LAV max', 60)];
  const everything = [...numbers, number('EDVI', 95), number('ESVI', 61), number('LAVI max', 50)];

  it.each([
    ['under stress', { atRest: false }, {}, 'Not graded: reference limits are those of hearts at rest.'],
    ['of children', { ofChild: true }, {}, 'Not graded: reference limits are those of adults.'],
    [
      'of contours that the model is unsure of',
      { findings: [finding('low-confidence')] },
      {},
      'Not graded: the contours are not sure enough.',
    ],
    [
      'without a whole beat',
      { findings: [finding('no-full-beat')] },
      {},
      'Not graded: no whole beat was recorded.',
    ],
  ] as const)('grades nothing %s', (_, changes, about, reason) => {
    const text = of(everything, changes, about);
    expect(text).toContain('Ejection fraction 35 % (biplane disks).');
    expect(text).not.toMatch(graded);
    expect(text).not.toContain('Grades by');
    expect(text.split(reason).length - 1).toBe(1);
  });

  it('grades by both tables where the sex is not known, as far as they agree', () => {
    const text = of([number('EF', 35), number('EDV', 120)], {}, { sex: 'unknown' });
    expect(text).toContain('Ejection fraction 35 % (biplane disks): moderately reduced.');
    expect(text).toContain('End-diastolic volume 120 mL.');
    expect(text).toContain('Not graded: the sex is not known, and limits of men and women differ.');
    expect(text).toContain('limits of both sexes');
  });

  it('says that there is no EF, and why', () => {
    expect(of([], { used: [] })).toContain('Ejection fraction is not given: nothing was measured.');
    const refused = [finding('no-beat-included', 'refusal'), finding('low-confidence')];
    expect(of([], { used: [], findings: refused })).toContain(
      'Ejection fraction is not given. All beats excluded: no EF.',
    );
  });

  it('says that there are no volumes where nothing is calibrated, and gives no pixels', () => {
    const text = of([number('EF', 55), number('EDV', 9000, { unit: 'px' })]);
    expect(text).toContain('Volumes are not given: the pictures have no scale that can be used.');
    expect(text).not.toMatch(/mL|9000/);
  });

  it('names the stage that its numbers are of as the protocol does, where there are several', () => {
    const peak = { name: 'Peak dose', number: 2 };
    const rest = { name: null, number: 1 };
    const used = ['2.25.1', '2.25.2'];
    const stages = [
      { stage: rest, clips: [] },
      { stage: peak, clips: used },
    ];
    const under = { stages, stage: peak, atRest: false };
    expect(of([number('EF', 55)], under)).toMatch(/^Stage of these numbers: Peak dose\.\n/);
    expect(of([number('EF', 55)], { stages, stage: rest })).toMatch(/^These numbers are of stage 1\.\n/);
    expect(of([number('EDV', 90)], under)).not.toMatch(/[Ss]tage/);
    const apart = used.map((uid, index) => ({ stage: stages[index]!.stage, clips: [uid] }));
    expect(of([number('EF', 55)], { stages: apart, stage: null, atRest: false })).toMatch(
      /^Numbers of clips of several/,
    );
    const unstated = [...stages.slice(0, 1), { stage: null, clips: used }];
    expect(of([number('EF', 55)], { stages: unstated, stage: null, atRest: false })).toMatch(
      /^Stage of these numbers: no stage stated\.\n/,
    );
  });

  it('says nothing of the only stage, unless it is none at rest', () => {
    const used = ['2.25.1', '2.25.2'];
    const rest = { name: null, number: 1 };
    const unstated = { stage: null, clips: ['2.25.3'] };
    const only = (stage: typeof rest | { name: string; number: number }) => [
      { stage, clips: used },
      unstated,
    ];
    expect(of([number('EF', 55)], { stages: only(rest), stage: rest })).not.toMatch(/[Ss]tage/);
    const peak = { name: 'PEAK', number: 2 };
    expect(of([number('EF', 55)], { stages: only(peak), stage: peak, atRest: false })).toMatch(
      /^Stage of these numbers: PEAK\.\n/,
    );
  });

  it('names what limits the study, the gravest first, each once with its clips', () => {
    const ofClips = {
      a4c: [finding('calibration-by-user'), finding('low-confidence'), finding('few-beats', 'information')],
      a2c: [finding('low-confidence')],
    };
    const text = of([number('EF', 55)], { findings: [finding('axis-lengths-differ')] }, {}, ofClips);
    expect(text).toContain(
      'What limits this study: Model unsure of contours (A4C, A2C); Long axes of A4C and A2C differ; Calibrated by a ruler drawn by hand (A4C).',
    );
    expect(text).not.toContain('Few beats');
  });

  it('counts what it does not name', () => {
    const codes = ['basal-tilt', 'long-beat', 'short-beat', 'low-frame-rate', 'colour-overlay'] as const;
    const text = of([number('EF', 55)], { findings: codes.map((code) => finding(code)) });
    expect(text).toMatch(/What limits this study: [^;]+; [^;]+; [^;]+; [^;]+ and 1 more/);
  });

  it('says where the heart rate is from, and judges none', () => {
    expect(of([number('HR', 140, { method: 'entered', view: null })])).toContain(
      'Heart rate 140 bpm (entered).',
    );
    expect(of([number('HR', 60, { method: 'file', view: null })])).toContain('Heart rate 60 bpm.');
  });
});

describe('the change against an earlier study', () => {
  const prior = (row: ReturnType<typeof ejectionRow>, standing: 'signed' | 'not-signed' = 'signed') => ({
    prior: { ...heldAgainst, date: '2024-01-02', standing, rows: [row] },
  });

  it.each([
    [55, 66, 'EF is higher than before: 55 % on 2024-01-02, 11 points of difference'],
    [
      55,
      65,
      'EF has not changed by more than repeated studies do: 55 % on 2024-01-02, 10 points of difference',
    ],
    [55, 55, 'EF has not changed by more than repeated studies do: 55 % on 2024-01-02, no difference'],
    [
      55,
      54,
      'EF has not changed by more than repeated studies do: 55 % on 2024-01-02, one point of difference',
    ],
    [55, 44, 'EF is lower than before: 55 % on 2024-01-02, 11 points of difference'],
  ] as const)('from %d %% to %d %%', (then, now, words) => {
    expect(of([number('EF', now)], {}, prior(ejectionRow(then, now)))).toContain(words);
  });

  it('names the source of what repeated studies differ by, and says that nobody signed', () => {
    const text = of([number('EF', 40)], {}, prior(ejectionRow(55, 40), 'not-signed'));
    expect(text).toContain('(not signed)');
    expect(text).toContain('up to 10 points, Thavendiranathan 2013');
  });

  it('says nothing of a study that the reader chose and that is none before', () => {
    for (const time of ['later', 'same-day', 'undated'] as const) {
      const chosen = { ...prior(ejectionRow(55, 40)).prior, by: 'reader', time } as const;
      expect(of([number('EF', 40)], {}, { prior: chosen })).not.toMatch(/before|2024/);
    }
  });

  it('compares nothing that was made in another way, and nothing that is not there', () => {
    const why = message('prior.not-compared.stage');
    const row = ejectionRow(55, 40, { change: null, beyondSpread: null, notCompared: why });
    const text = of([number('EF', 40)], {}, prior(row));
    expect(text).toContain(
      'EF was 55 % on 2024-01-02; the two are not compared: The hearts were in different stages.',
    );
    expect(text).not.toMatch(/lower than before/);
    expect(of([number('EF', 40)], {}, prior(ejectionRow(null, 40)))).not.toMatch(/before|2024/);
  });
});
