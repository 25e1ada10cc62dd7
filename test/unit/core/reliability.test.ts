import english from '../../../core/language/en.json' with { type: 'json' };
import { inEnglish } from '../../../core/language/english.ts';
import { message } from '../../../core/language/message.ts';
import { describe, expect, it } from 'vitest';
import { byEffect, effectOf } from '../../../core/finding/effect.ts';
import { shortWords } from '../../../core/finding/short-words.ts';
import { findingCodes, type Finding } from '../../../core/finding/finding.ts';
import type { ClipMeasurements } from '../../../core/assessment/measure-clip.ts';
import { gradeDoubt, reliability } from '../../../core/assessment/reliability.ts';
import type { View } from '../../../core/clip/view.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';

const finding = (
  code: Finding['code'],
  severity: Finding['severity'] = 'warning',
  about: string = code,
): Finding => ({
  code,
  severity,
  message: message('method.other', { name: about }),
  sources: [],
});
const ef = { name: 'EF', value: 55, unit: '%' } as Measurement;
const study = (
  used: readonly Finding[],
  unused: readonly Finding[] = [],
  own: readonly Finding[] = [],
  view: View = { code: 'a4c', source: 'file' },
) => ({
  used: ['1'],
  clips: {
    1: { findings: used, view } as unknown as ClipMeasurements,
    2: { findings: unused, view } as unknown as ClipMeasurements,
  },
  findings: own,
  measurements: [ef],
});

describe('whether numbers are graded', () => {
  it('not where a clip that they rest on is unsure or shows no whole beat', () => {
    expect(gradeDoubt(study([]), 'EF')).toBeNull();
    expect(gradeDoubt(study([finding('low-confidence')]), 'EF')).toBe('unsure');
    expect(gradeDoubt(study([finding('no-full-beat')]), 'EF')).toBe('no-whole-beat');
    expect(gradeDoubt(study([finding('no-full-beat'), finding('low-confidence')]), 'EF')).toBe('unsure');
    expect(gradeDoubt(study([], [], [finding('ef-implausible')]), 'EF')).toBe('unsure');
  });

  it('not where nobody has confirmed the view of a clip that they rest on', () => {
    const guess: View = { code: 'a4c', source: 'recognised', certainty: 0.9 };
    expect(gradeDoubt(study([], [], [], guess), 'EF')).toBe('view-not-confirmed');
    expect(gradeDoubt(study([finding('low-confidence')], [], [], guess), 'EF')).toBe('unsure');
    expect(gradeDoubt(study([], [], [], { code: 'a4c', source: 'user' }), 'EF')).toBeNull();
  });

  it('an atrium that the model is unsure of takes its own grade away, and not that of the ejection fraction', () => {
    for (const code of ['structure-unsure', 'structure-invalid', 'atrium-off-base'] as const) {
      expect(gradeDoubt(study([finding(code)]), 'LAVI max')).toBe('unsure');
      expect(gradeDoubt(study([finding(code, 'information')]), 'LAVI max')).toBeNull();
      expect(gradeDoubt(study([finding(code)]), 'EF')).toBeNull();
    }
    expect(gradeDoubt(study([finding('wall-not-enclosing')]), 'LAVI max')).toBeNull();
  });

  it('but what is for the record, or in a clip that they do not rest on, takes no grade away', () => {
    expect(gradeDoubt(study([finding('low-confidence', 'information')]), 'EF')).toBeNull();
    expect(
      gradeDoubt(study([], [finding('low-confidence'), finding('no-full-beat', 'refusal')]), 'EF'),
    ).toBeNull();
  });
});

describe('the findings in one word', () => {
  it('is reliable, so many to check, or not usable', () => {
    expect(reliability(study([finding('few-beats', 'information')]))).toEqual({ state: 'reliable' });
    const two = study(
      [finding('basal-tilt'), finding('basal-tilt')],
      [finding('area-jumps')],
      [finding('axis-lengths-differ')],
    );
    expect(reliability(two)).toEqual({ state: 'check', count: 2 });
    expect(reliability({ ...study([]), measurements: [] })).toEqual({ state: 'not-usable' });
  });
});

describe('the order of findings', () => {
  it('is by what they do to EF, then by severity, and defined for every kind', () => {
    const all = findingCodes.flatMap((code) =>
      (['information', 'warning', 'refusal'] as const).map((severity) => finding(code, severity)),
    );
    const sorted = all.toSorted(byEffect);
    const effects = sorted.map(effectOf);
    expect(effects).toEqual(effects.toSorted((a, b) => order(a) - order(b)));
    expect(sorted.toReversed().toSorted(byEffect)).toEqual(sorted);
    expect(effectOf(finding('few-beats', 'information'))).toBe('record');
    expect(effectOf(finding('no-calibration', 'refusal'))).toBe('volume');
    expect(effectOf(finding('low-confidence'))).toBe('ejection');
  });
});

const order = (effect: string) => ['ejection', 'volume', 'record'].indexOf(effect);

describe('a finding at a glance', () => {
  it('has at most eight words, of every kind', () => {
    for (const code of findingCodes) {
      const plain = { code, message: message(`finding.${code}.short`) };
      expect(inEnglish.say(shortWords(plain)).split(' ').length, code).toBeLessThanOrEqual(8);
    }
  });

  it('has at most eight words, in every sentence of the catalogue that is one', () => {
    const short = Object.entries(english.messages).filter(([id]) => /^finding\..*\.short(\.|$)/.test(id));
    expect(short.length).toBeGreaterThan(findingCodes.length);
    // What is put in for a structure has two words at most.
    const tooLong = short.filter(
      ([, text]) => text.replaceAll(/\{\w+\}/g, 'two words').split(' ').length > 8,
    );
    expect(tooLong).toEqual([]);
  });

  it('does not say of a clip that it is not traced for want of a second one', () => {
    const found = {
      code: 'not-traced',
      message: message('finding.not-traced.view', { views: ['A2C'], staged: 'other', stage: '' }),
    } as const;
    expect(inEnglish.say(shortWords(found))).toBe('Numbers of a single plane');
  });
});
