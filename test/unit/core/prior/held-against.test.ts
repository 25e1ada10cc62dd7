import { describe, expect, it } from 'vitest';
import { heldAgainst, wantedPrior } from '../../../../core/prior/held-against.ts';
import type { Decision } from '../../../../core/review/review.ts';
import type { SignedResult } from '../../../../core/review/signed-result.ts';

const studies = (['2020-01-02', '2024-01-02', '2026-01-05', null] as const).map((date, index) => ({
  studyInstanceUid: `1.${index}`,
  date,
  standing: 'signed' as const,
  measurements: [
    { name: 'EF', method: 'biplane-disks', view: 'biplane' as const, value: 55, unit: '%', beat: null },
  ],
}));
const today = '2026-01-05';
const signedWith = (prior?: string | null): Decision => ({
  ...{ state: 'accepted', at: '2026-01-06T00:00:00Z', by: 'Dr Ada' },
  signed: {
    report: { language: 'en', texts: {}, ...(prior === undefined ? {} : { prior }) },
  } as unknown as SignedResult,
});
const pending: Decision = { state: 'pending' };
const against = (decision: Decision, prior: string | null, of = studies) => {
  const held = heldAgainst(of, today, wantedPrior({ decision, prior }));
  return held && [held.study.studyInstanceUid, held.by];
};

describe('the study that a report compares with', () => {
  it('is the last before it, until the reader chooses another of the patient', () => {
    expect(against(pending, null)).toEqual(['1.1', 'rule']);
    expect(against(pending, '1.0')).toEqual(['1.0', 'reader']);
    // One of the same day or without a date too: the reader knows which was first.
    expect(against(pending, '1.2')).toEqual(['1.2', 'reader']);
    expect(against(pending, '1.3')).toEqual(['1.3', 'reader']);
  });

  it('is the usual one again where the chosen one is none of the patient any more', () => {
    expect(against(pending, '9.9')).toEqual(['1.1', 'rule']);
    expect(against(pending, '9.9', [])).toBeNull();
  });

  it('is the one that was signed with it, whatever is chosen or comes later, and no other in its place', () => {
    expect(against(signedWith('1.0'), null)).toEqual(['1.0', 'signature']);
    expect(against(signedWith('1.0'), '1.2')).toEqual(['1.0', 'signature']);
    expect(against(signedWith(null), null)).toBeNull();
    expect(against(signedWith('9.9'), null)).toBeNull();
    // Signed before the study was kept with the signature.
    expect(against(signedWith(), '1.0')).toEqual(['1.0', 'reader']);
    expect(against({ ...signedWith('1.0'), state: 'rejected' } as Decision, null)).toEqual(['1.1', 'rule']);
  });
});
