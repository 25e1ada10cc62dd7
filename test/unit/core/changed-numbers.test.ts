import { describe, expect, it } from 'vitest';
import type { ChangedNumber } from '../../../core/clip/clip.ts';
import { changesTogether } from '../../../core/assessment/changed-numbers.ts';

const change = (what: string, before: number | null, after: number | null): ChangedNumber => ({
  what,
  unit: 'mL',
  before,
  after,
});

describe('two changes that nobody saw in between', () => {
  it('are one from the first number to the last, beside those that only one of them made', () => {
    expect(
      changesTogether(
        [change('EDV', 100, 110), change('ESV', 40, 45)],
        [change('EDV', 110, 130), change('EF', null, 60)],
      ),
    ).toEqual([change('EDV', 100, 130), change('ESV', 40, 45), change('EF', null, 60)]);
  });

  it('are none where the second takes the first back', () => {
    expect(
      changesTogether(
        [change('EDV', 100, 110), change('EF', null, 60), change('SV', 50, null)],
        [change('EDV', 110, 100.01), change('EF', 60, null), change('SV', null, 50)],
      ),
    ).toEqual([]);
  });
});
