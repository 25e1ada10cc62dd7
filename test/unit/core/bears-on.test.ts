import { expect, it } from 'vitest';
import { bearsOn } from '../../../core/finding/bears-on.ts';
import { findingCodes, type FindingCode } from '../../../core/finding/finding.ts';
import { quantities, quantityOf } from '../../../core/quantity/quantities.ts';

const doubted = (code: FindingCode): string[] =>
  quantities.filter((quantity) => bearsOn({ code, severity: 'warning' }, quantity)).map(({ name }) => name);

it('is for the record where it is information', () => {
  for (const code of findingCodes) {
    for (const quantity of quantities) {
      expect(bearsOn({ code, severity: 'information' }, quantity), code).toBe(false);
    }
  }
});

it('goes by what a number rests on', () => {
  expect(doubted('different-patients')).toEqual(quantities.map(({ name }) => name));
  // A scale that is wrong leaves ratios as they are.
  expect(doubted('calibration-by-user')).toEqual(
    quantities
      .filter(({ group, unit }) => group !== 'patient' && unit !== '%' && unit !== '1')
      .map(({ name }) => name),
  );
  expect(doubted('calibration-by-user')).toContain('EDV');
  expect(doubted('calibration-by-user')).not.toContain('EF');
  // A distance rests on the scale and on nothing that is contoured.
  expect(doubted('low-confidence')).not.toContain('LVIDd');
  expect(doubted('atrium-off-base')).toEqual(
    quantities.filter(({ group }) => group === 'atrium').map(({ name }) => name),
  );
  expect(doubted('wall-not-enclosing')).toContain('LV wall mid ED');
  expect(doubted('wall-not-enclosing')).not.toContain('EF');
  expect(doubted('timing-guessed')).toContain('HR');
  expect(doubted('low-confidence')).not.toContain('HR');
  expect(doubted('low-confidence')).toContain('EF');
});

it('leaves no doubt out: every finding bears on something', () => {
  // That a heart has changed makes no number wrong.
  const doubts = findingCodes.filter((code) => code !== 'ejection-changed');
  for (const code of doubts) expect(doubted(code), code).not.toEqual([]);
  expect(doubted('ejection-changed')).toEqual([]);
  expect(quantityOf('BSA')).toBeDefined();
  expect(findingCodes.filter((code) => bearsOn({ code, severity: 'refusal' }, quantityOf('BSA')!))).toEqual([
    'different-patients',
  ]);
});
