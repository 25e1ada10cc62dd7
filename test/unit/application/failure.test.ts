import { describe, expect, it } from 'vitest';
import { errorCodes, SystolaError } from '../../../core/error.ts';
import { failureOf, statusOf } from '../../../main/api/failure.ts';

describe('failureOf', () => {
  it('tells an expected failure with its file', () => {
    const error = new SystolaError('truncated', 'The file ends early.', 'a.dcm');
    expect(failureOf(error)).toEqual({
      status: 422,
      body: { error: { code: 'truncated', message: 'The file ends early.', file: 'a.dcm' } },
    });
  });

  it('keeps the text of a defect to itself: it may name a patient', () => {
    const failure = failureOf(new Error('cannot read Doe^Jane'));
    expect(failure).toMatchObject({ status: 500, body: { error: { code: 'internal', file: null } } });
    expect(JSON.stringify(failure)).not.toContain('Doe');
  });

  it('has an error status for every code', () => {
    for (const code of errorCodes) expect(statusOf(code)).toBeGreaterThanOrEqual(400);
  });
});
