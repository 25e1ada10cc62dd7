import { inEnglish } from '../../../core/language/english.ts';
import type { Message } from '../../../core/language/message.ts';
import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import type { Body } from '../../../core/body/body.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { signedResult } from '../../../core/assessment/signed-result.ts';
import { signedDifferences, type SignedDifference } from '../../../core/measurement/signed-differences.ts';
import type { Decision, StudyReview } from '../../../core/review/review.ts';
import { changeSchema } from '../../../core/review/schema.ts';
import type { SignedResult } from '../../../core/review/signed-result.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  finishedRun,
  options,
  studyFacts,
  studyReview,
} from './shapes.ts';

const frames = 65;
const study = studyFacts();
const a4c = clipFacts({ frames, fileName: 'four.dcm' });
const a2c = clipFacts({
  frames,
  fileName: 'two.dcm',
  sopInstanceUid: '1.2.3.2',
  view: { code: 'a2c', source: 'file' },
});
const body: Body = {
  sex: { value: 'male', source: 'file' },
  heightCm: { value: 180, source: 'user' },
  weightKg: { value: 110, source: 'user' },
  heartRateBpm: null,
};
const review = studyReview(
  study,
  [
    [a4c, clipReview(a4c, { traces: beatingTraces(frames, 25) })],
    [a2c, clipReview(a2c, { traces: beatingTraces(frames, 25, { diameter: 100 }) })],
  ],
  { body },
);
const clips = [a4c, a2c];
const measured = measureStudy(study, clips, review, options);
const signed = signedResult(
  { version: 1, replaces: null, head: 7, software: '0.1.0' },
  review,
  measured,
  options,
);
const accepted = (result: SignedResult): Decision => ({
  state: 'accepted',
  at: '2026-01-01T00:00:00Z',
  by: 'Dr. Reader',
  signed: result,
});
const live = (changed: Partial<StudyReview>, with_ = options, facts = clips) =>
  measureStudy(study, facts, { ...review, ...changed }, with_);
const found = (changed: Partial<StudyReview>, with_ = options, facts = clips) =>
  live(changed, with_, facts).findings.filter(({ code }) => code === 'differs-from-signed');

const words = (message: Message | null) => (message === null ? null : inEnglish.say(message));
const inWords = ({ what, signed: was, now }: SignedDifference) => ({
  what: inEnglish.say(what),
  signed: words(was),
  now: words(now),
});

describe('what is signed', () => {
  it('holds every number of the study and its clips, with all that they rest on, and can be stored', () => {
    expect(signed).toMatchObject({
      head: 7,
      software: '0.1.0',
      options: { bsaFormula: 'du-bois', axisDifferenceLimitPercent: 10, basalTiltLimitDegrees: 15 },
      models: [{ name: finishedRun.model, version: finishedRun.version, sha256: finishedRun.sha256 }],
      used: [a4c.sopInstanceUid, a2c.sopInstanceUid],
    });
    const of = (list: readonly { name: string; value: number; beat: number | null }[]) =>
      list.map(({ name, value, beat }) => [name, value, beat]);
    expect(of(signed.measurements)).toEqual(of(measured.measurements));
    for (const clip of signed.clips) {
      const own = measured.clips[clip.sopInstanceUid]!;
      expect(of(clip.measurements)).toEqual(of(own.measurements));
      expect(clip.view).toEqual(own.view);
      expect(clip.beats).toHaveLength(own.beats.length);
    }
    const change = { slot: 'decision', before: { state: 'pending' }, after: accepted(signed) };
    expect(changeSchema.parse(JSON.parse(JSON.stringify(change)))).toEqual(change);
  });
});

describe('numbers that differ from those signed', () => {
  it('are none while nothing changed, nor where nothing is signed or no numbers were kept', () => {
    expect(found({ decision: accepted(signed) })).toEqual([]);
    expect(found({ decision: { state: 'pending' } }, { ...options, bsaFormula: 'mosteller' })).toEqual([]);
    const { signed: _none, ...old } = accepted(signed) as Exclude<Decision, { state: 'pending' }>;
    expect(found({ decision: old }, { ...options, bsaFormula: 'mosteller' })).toEqual([]);
  });

  it('are named when another formula makes them, with the formulas', () => {
    const [finding, ...more] = found({ decision: accepted(signed) }, { ...options, bsaFormula: 'mosteller' });
    expect(more).toEqual([]);
    const was = measured.measurements.find(({ name }) => name === 'BSA')!.value.toFixed(2);
    const now = live({}, { ...options, bsaFormula: 'mosteller' }).measurements.find(
      ({ name }) => name === 'BSA',
    )!;
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(said(finding)).toContain(`BSA ${was} m² (Du Bois), now ${now.value.toFixed(2)} m² (Mosteller)`);
    expect(said(finding)).toContain('BSA by Du Bois, now by Mosteller');
    expect(said(finding)).not.toContain('EF ');
  });

  it('are compared as they are printed', () => {
    const edv = measured.measurements.find(({ name }) => name === 'EDV')!.value;
    const withEdv = (value: number): SignedResult => ({
      ...signed,
      measurements: signed.measurements.map((one) => (one.name === 'EDV' ? { ...one, value } : one)),
    });
    const differing = (value: number) => signedDifferences(withEdv(value), measured, clips).map(inWords);
    expect(differing(Math.round(edv) - 0.49)).toEqual([]);
    expect(differing(Math.round(edv) + 0.49)).toEqual([]);
    expect(differing(Math.round(edv) + 0.51)).toEqual([
      { what: 'EDV', signed: `${Math.round(edv) + 1} mL`, now: `${Math.round(edv)} mL` },
    ]);
  });

  it('are those of clips and single beats too, after those of the study', () => {
    const other = clipReview(a4c, { traces: beatingTraces(frames, 25, { least: 0.75 }) });
    const now = live({ clips: { ...review.clips, [a4c.sopInstanceUid]: other } });
    const whats = signedDifferences(signed, now, clips).map((one) => inWords(one).what);
    expect(whats[0]).toBe('ESV');
    expect(whats).toContain('EF of four.dcm');
    expect(whats).toContain('EF of beat 1 of four.dcm');
    expect(whats.some((what) => what.includes('two.dcm'))).toBe(false);
    expect(whats.indexOf('EF of four.dcm')).toBeLessThan(whats.indexOf('EF of beat 1 of four.dcm'));
  });

  it('are none where what was signed is older than a quantity, and are where it is not', () => {
    const later = ({ name }: { name: string }) => /strain|^LA|wall/.test(name);
    const old: SignedResult = {
      ...signed,
      measurements: signed.measurements.filter((one) => !later(one)),
      clips: signed.clips.map((clip) => ({
        ...clip,
        measurements: clip.measurements.filter((one) => !later(one)),
      })),
    };
    expect(signed.measurements.some(later)).toBe(true);
    expect(signedDifferences(old, measured, clips)).toEqual([]);
    const strain = signed.measurements.find(later)!;
    const other = signed.measurements.map((one) => (one === strain ? { ...one, value: one.value - 3 } : one));
    const [difference] = signedDifferences({ ...signed, measurements: other }, measured, clips);
    expect(inWords(difference!).what).toBe('Contour strain');
  });

  it('of a volume by area–length are kept apart from those by disks', () => {
    const volume = { ...signed.measurements[0]!, name: 'LAV max', unit: 'mL' };
    const both = [
      { ...volume, method: 'biplane-disks', value: 50 },
      { ...volume, method: 'biplane-area-length', value: 54 },
    ];
    const now = {
      ...measured,
      measurements: both.map((one) => ({
        ...one,
        name: 'LAV max' as const,
        unit: 'mL' as const,
        method: one.method as 'biplane-disks',
        value: one.value + (one.method === 'biplane-disks' ? 0 : 9),
        sources: [],
      })),
    };
    expect(signedDifferences({ ...signed, measurements: both }, now, clips).map(inWords)).toEqual([
      { what: 'LAV max (area–length)', signed: '54 mL', now: '63 mL' },
    ]);
  });

  it('are said to be made otherwise, or not given, where the plane has gone', () => {
    const uncalibrated = { ...a2c, regions: [], pixelSpacing: null };
    const differences = signedDifferences(signed, live({}, options, [a4c, uncalibrated]), clips).map(inWords);
    const ef = differences.find(({ what }) => what === 'EF')!;
    expect(ef.signed).toMatch(/^\d+ % \(biplane disks, A4C \+ A2C\)$/);
    expect(ef.now).toMatch(/^\d+ % \(single-plane disks, A4C\)$/);
    expect(differences.find(({ what }) => what === 'EDV of two.dcm')).toMatchObject({ now: null });
  });
});
