import { describe, expect, it, vi } from 'vitest';
import { changedNumberName, changedNumberText } from '../../../../core/measurement/changed-number.ts';
import { stageName } from '../../../../core/clip/stage.ts';
import { readAgainFindings } from '../../../../core/finding/read-again-findings.ts';
import { inEnglish } from '../../../../core/language/english.ts';
import { Language } from '../../../../core/language/language.ts';
import { message } from '../../../../core/language/message.ts';
import { quantities } from '../../../../core/quantity/quantities.ts';
import { structures } from '../../../../core/structure/structure.ts';
import { listed } from '../../../../core/wording/listed.ts';
import { methodText } from '../../../../core/wording/method.ts';
import { quantityLabel, quantityWords, shownText } from '../../../../core/wording/quantity.ts';
import { structureText } from '../../../../core/wording/structure.ts';
import { unitText } from '../../../../core/wording/unit.ts';
import { said } from '../../../fixtures/said.ts';
import { beatingTraces, clipFacts } from '../shapes.ts';
import { finding, frames, measure } from '../measured-clip.ts';

const inGerman = new Language(
  {
    tag: 'de-DE',
    name: 'Deutsch',
    messages: {
      'frames.named': '{count, plural, one {Bild} other {Bilder}} {frames}',
      'finding.basal-tilt':
        'Basislinie {degrees, number, d0}° gekippt ({frames}; Grenze {limit, number, plain}°).',
      'finding.low-frame-rate': '{rate, number, d1} Bilder je Sekunde, weniger als {least}.',
    },
  },
  inEnglish,
);

describe('what core finds', () => {
  it('is said in any language, with its frames and numbers', () => {
    const slow = measure({
      timing: {
        ...clipFacts({ frames }).timing,
        frameTimesMs: [...Array(frames).keys()].map((i) => i * 120),
      },
    });
    const rate = finding(slow, 'low-frame-rate')!;
    expect(said(rate)).toMatch(/^The clip has 8\.3 frames a second, fewer than 10:/);
    expect(inGerman.say(rate.message)).toBe('8,3 Bilder je Sekunde, weniger als 10.');
    const without = finding(measure({}, { traces: beatingTraces(12, 25) }), 'no-contour') ?? rate;
    expect(said(without)).toMatch(/^[A-Z].*\.$/);
  });

  it('is put into words by nobody who measures', () => {
    const say = vi.spyOn(Language.prototype, 'say');
    try {
      const measured = measure({}, { traces: beatingTraces(20, 25) });
      expect(measured.findings.length).toBeGreaterThan(1);
      expect(say).not.toHaveBeenCalled();
      said(measured.findings[0]);
      expect(say).toHaveBeenCalled();
    } finally {
      say.mockRestore();
    }
  });
});

describe('names', () => {
  it('of quantities are in the catalogue, on screen as in files while English is spoken', () => {
    for (const { name } of quantities) {
      expect(inEnglish.say(quantityLabel(name))).toBe(name);
      expect(inEnglish.say(quantityWords(name))).toMatch(/^[a-z].*[a-z]$/);
    }
    expect(inEnglish.say(quantityLabel('E/e′'))).toBe('E/e′');
  });

  it('of units, methods and stages are, and what this version does not know keeps its own', () => {
    for (const { unit } of quantities) expect(inEnglish.say(unitText(unit))).toBe(unit);
    expect(inEnglish.say(unitText('cm/s'))).toBe('cm/s');
    expect(inEnglish.say(unitText('constructor'))).toBe('constructor');
    expect(inEnglish.say(methodText('du-bois'))).toBe('Du Bois');
    expect(inEnglish.say(methodText('haycock'))).toBe('haycock');
    const named = [
      { name: 'PEAK {1}', number: 2 },
      { name: null, number: 3 },
      { name: null, number: null },
      null,
    ];
    expect(named.map((stage) => inEnglish.say(stageName(stage)))).toEqual([
      'PEAK {1}',
      'stage 3',
      'stage ?',
      'no stage stated',
    ]);
  });

  it('of structures are in the catalogue, of one that a library brings along its own', () => {
    expect(structures().map((structure) => inEnglish.say(structureText(structure)))).toEqual([
      'left ventricle',
      'LV wall',
      'left atrium',
    ]);
    expect(inEnglish.say(structureText({ id: 'right-atrium', words: 'right atrium' }))).toBe('right atrium');
    // What it calls the ventricle is its own affair.
    expect(inEnglish.say(structureText({ id: 'lv-cavity', words: 'LV' }))).toBe('LV');
  });
});

describe('numbers that changed', () => {
  it.each([
    ['EF', 'biplane-disks', null, 'EF'],
    ['LV length ED', 'contour', 'two of three.dcm', 'LV length ED of two of three.dcm'],
    ['EF', 'area-length', 'a.dcm', 'EF (area–length) of a.dcm'],
  ])('%s by %s of %s are stored by a name and read as it', (name, method, file, words) => {
    expect(inEnglish.say(changedNumberText(changedNumberName(name, method, file)))).toBe(words);
  });

  it('are told with their units, the first six by name, and that somebody had decided before', () => {
    const change = (what: string, unit: string) => ({ what, unit, before: null, after: 0.456 });
    const changes = [...Array(8).keys()].map((i) =>
      i === 1 ? change('LV sphericity ED', '1') : change('EF', '%'),
    );
    const decision = { state: 'rejected', at: '2026-01-01T00:00:00Z', by: 'Ada' } as const;
    const [told] = readAgainFindings({ at: '2026-02-01T00:00:00Z', changes }, decision);
    expect(said(told)).toBe(
      'This version of Systola read the files of the study again, and numbers changed by it: EF not given to 0.5 %, LV sphericity ED not given to 0.5, EF not given to 0.5 %, EF not given to 0.5 %, EF not given to 0.5 %, EF not given to 0.5 % and 2 more. The study was rejected before that. Check the numbers as they are now.',
    );
    const [few] = readAgainFindings(
      { at: '2026-02-01T00:00:00Z', changes: changes.slice(0, 1) },
      { state: 'pending' },
    );
    expect(said(few)).toMatch(/by it: EF not given to 0\.5 %\. Check the numbers/);
  });
});

it('counts up without a word between', () => {
  const named = (frame: number) => message('frames.named', { count: 1, frames: String(frame) });
  expect(inEnglish.say(listed([named(1)]))).toBe('frame 1');
  expect(inEnglish.say(listed([named(1), named(2), named(3)]))).toBe('frame 1, frame 2, frame 3');
  expect(inEnglish.say(listed([named(1), named(2)], 'list.semicolon'))).toBe('frame 1; frame 2');
  expect(inEnglish.say(shownText({ value: 54.6, unit: '%', decimals: 0 }))).toBe('55 %');
  expect(inEnglish.say(shownText({ value: 0.456, unit: '', decimals: 2 }))).toBe('0.46');
});
