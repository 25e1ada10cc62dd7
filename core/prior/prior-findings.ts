import type { FrameReference } from '../measurement/measurement.ts';
import type { Finding } from '../finding/finding.ts';
import { message } from '../language/message.ts';
import type { PriorRow } from './prior-rows.ts';

/** Points of EF between two examinations from which on it is said; the spread of measuring again (test-retest.ts). */
const notableEjectionChange = 10;

/**
 * What a prior says of today's numbers: that EF changed by more than measuring again does.
 *
 * @param date of the prior, as the language writes dates
 * @param sources frames that today's EF was read from
 */
export function priorFindings(
  rows: readonly PriorRow[],
  date: string,
  sources: readonly FrameReference[],
): Finding[] {
  return rows.flatMap(({ name, change, today, prior: before }): Finding[] => {
    if (name !== 'EF' || change === null || Math.abs(change) <= notableEjectionChange) return [];
    return [
      {
        code: 'ejection-changed',
        severity: 'warning',
        message: message('finding.ejection-changed', {
          before: before ?? 0,
          now: today ?? 0,
          change: Math.abs(change),
          way: change < 0 ? 'fell' : 'other',
          date,
        }),
        sources,
      },
    ];
  });
}
