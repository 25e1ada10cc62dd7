import { describe, expect, it } from 'vitest';
import { reportTexts, signedTexts, writtenText } from '../../../../core/conclusion/report-texts.ts';
import { proposedQuality } from '../../../../core/conclusion/proposed-quality.ts';
import { inEnglish } from '../../../../core/language/english.ts';
import { applyChanges, invertChanges, isApplied, withDecisionReset } from '../../../../core/review/apply.ts';
import { editSchema } from '../../../../core/review/edit.ts';
import type { Change, StudyReview } from '../../../../core/review/review.ts';
import { changeSchema } from '../../../../core/review/schema.ts';
import { initialReview } from '../../../../core/review/initial.ts';
import { beatingTraces, clipFacts, clipReview, modelSource, studyFacts, studyReview } from '../shapes.ts';
import { finding, measuredStudy, number } from './measured.ts';

const facts = studyFacts({
  request: {
    referrer: { alphabetic: 'Wren^Ada^^Dr', ideographic: '', phonetic: '' },
    indication: 'Dyspnoea',
  },
});
const initial = initialReview(facts, []);
const measurements = [number('EF', 55)];
const measured = measuredStudy(measurements, { used: [] });
const texts = (review: StudyReview, numbers = measured) =>
  reportTexts({ facts, review, measured: numbers, prior: null }, inEnglish);
const wrote = (before: StudyReview, text: string | null): Change => ({
  ...{ slot: 'text', field: 'conclusion', before: before.texts.conclusion ?? null },
  after: text === null ? null : writtenText('conclusion', text, measurements),
});

describe('the texts of a report', () => {
  it('are what the file says and what is proposed, until somebody writes', () => {
    const { conclusion, indication, referrer, rhythm } = texts(initial);
    expect(indication).toMatchObject({ text: 'Dyspnoea', isWritten: false });
    expect(referrer.text).toBe('Wren, Dr Ada');
    expect(rhythm.text).toBe('');
    expect(conclusion.text).toMatch(/^Ejection fraction 55 %/);
    expect(conclusion).toMatchObject({ isWritten: false, isSigned: false, changed: [] });
  });

  it('are what a person wrote, with a way back', () => {
    const change = wrote(initial, 'Fine.\nNo more.');
    const written = applyChanges(initial, [change]);
    expect(texts(written).conclusion).toMatchObject({
      text: 'Fine.\nNo more.',
      isWritten: true,
      changed: [],
    });
    expect(texts(written).conclusion.proposed).toBe(texts(initial).conclusion.text);
    expect(applyChanges(written, invertChanges([change]))).toEqual(initial);
    expect(applyChanges(written, [wrote(written, null)])).toEqual(initial);
    expect(isApplied(written, [change])).toBe(true);
    expect(isApplied(initial, [change])).toBe(false);
    // What somebody else wrote meanwhile is not written over.
    expect(() => applyChanges(written, [change])).toThrow('has changed meanwhile');
  });

  it('say which numbers are others than when they were written, as they are printed', () => {
    const written = applyChanges(initial, [wrote(initial, 'Fine.')]);
    const now = (value: number) =>
      texts(written, measuredStudy([number('EF', value)], { used: [] })).conclusion.changed;
    expect(now(55.4)).toEqual([]);
    const [changed] = now(56);
    expect([changed!.signed, changed!.now].map((one) => inEnglish.say(one!))).toEqual(['55 %', '56 %']);
  });

  it('keep no numbers with what says nothing of them', () => {
    expect(writtenText('indication', 'x', measurements)).toEqual({ text: 'x' });
    expect(writtenText('quality', 'x', measurements).numbers).toHaveLength(1);
  });

  it('stand as they were signed, and take the signature back when they are written over', () => {
    const report = signedTexts({ facts, review: initial, measured, prior: null }, inEnglish);
    expect(report.language).toBe('en-GB');
    const signed = {
      ...{ version: 1, replaces: null, head: 1, software: '0', options: {}, models: [], used: [] },
      ...{ measurements: [], clips: [], report },
    };
    const decision = { state: 'accepted', at: '2026-01-01T00:00:00Z', by: 'Ada', signed } as const;
    const review: StudyReview = { ...initial, decision };
    const other = measuredStudy([number('EF', 30)], { used: [] });
    expect(texts(review, other).conclusion).toMatchObject({ text: report.texts.conclusion, isSigned: true });
    const change = { slot: 'decision', before: { state: 'pending' }, after: decision };
    expect(changeSchema.safeParse(change).success).toBe(true);
    const changes = withDecisionReset(review, [wrote(review, 'Other.')]);
    expect(applyChanges(review, changes).decision).toEqual({ state: 'pending' });
  });

  it.each([
    ['a line', true],
    ['two\nlines', true],
    ['שלום', true],
    ['', true],
    ['x'.repeat(4000), true],
    ['x'.repeat(4001), false],
    ['tab\there', false],
    ['bell\u0007', false],
    ['two\r\nlines', false],
    ['separator\u2028', false],
  ])('a request may write %j: %s', (text, isTaken) => {
    const change = { slot: 'text', field: 'conclusion', before: null, after: { text } };
    expect(editSchema.safeParse(change).success).toBe(isTaken);
    expect(editSchema.safeParse({ ...change, field: 'patient' }).success).toBe(false);
  });
});

describe('the proposed quality of the pictures', () => {
  const clip = clipFacts({ frames: 20 });
  const review = (unsure: number): StudyReview => {
    const traces = Object.fromEntries(
      Object.entries(beatingTraces(20, 10)).map(([frame, trace]) => [
        frame,
        { ...trace, source: modelSource, confidence: Number(frame) < unsure ? 0.2 : 0.9 },
      ]),
    );
    return studyReview(facts, [[clip, clipReview(clip, { traces })]]);
  };
  const used = { used: [clip.sopInstanceUid], clips: {} };
  const words = (unsure: number, changes: Parameters<typeof measuredStudy>[1] = {}): string | null => {
    const quality = proposedQuality(measuredStudy([], { ...used, ...changes }), review(unsure));
    return quality && inEnglish.say(quality);
  };

  it('goes by what the model was unsure of and by what the findings doubt', () => {
    expect(words(0)).toBe('Adequate');
    expect(words(9, { findings: [finding('low-confidence')] })).toBe(
      'Limited: the model was unsure of 9 of 20 contours',
    );
    expect(words(0, { findings: [finding('view-doubtful')] })).toBe('Limited: the contours are doubtful');
    expect(words(10)).toBe('Poor: the model was unsure of 10 of 20 contours');
    expect(words(0, { used: [] })).toBeNull();
  });
});
