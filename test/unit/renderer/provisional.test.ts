import { message } from '../../../core/language/message.ts';
import { describe, expect, it } from 'vitest';
import type { RunState } from '../../../core/api/events.ts';
import type { Beat } from '../../../core/beat/beat.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import type { ClipMeasurements } from '../../../core/assessment/measure-clip.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { lastingFindings, settledBeats, showable } from '../../../renderer/state/provisional.ts';

const run = (state: RunState['state']): RunState => ({
  sopInstanceUid: 'a',
  state,
  framesDone: 10,
  framesTotal: 60,
  model: null,
  provider: null,
  msPerFrame: null,
  message: null,
});
const whole: Beat = { edFrame: 0, esFrame: 8, nextEdFrame: 20, source: 'model' };
const cut: Beat = { edFrame: 20, esFrame: 28, nextEdFrame: null, source: 'model' };
const clip = (beats: readonly Beat[]) => ({ beats }) as unknown as ClipMeasurements;
const number = (...uids: string[]) =>
  ({
    name: 'EF',
    sources: uids.map((sopInstanceUid) => ({ sopInstanceUid, frame: 0 })),
  }) as unknown as Measurement;

describe('while a run goes on', () => {
  it('only whole beats count, and keep their numbers', () => {
    expect(settledBeats([whole, cut], run('running'))).toEqual([whole]);
    expect(settledBeats([cut], run('loading-model'))).toEqual([]);
    for (const state of ['finished', 'cancelled', 'failed'] as const)
      expect(settledBeats([whole, cut], run(state))).toEqual([whole, cut]);
    expect(settledBeats([cut], undefined)).toEqual([cut]);
  });

  it('no number is shown that rests on part of a beat of any of its clips', () => {
    const clips = { a: clip([whole, cut]), b: clip([cut]) };
    const numbers = [number('a'), number('b'), number('a', 'b'), number()];
    expect(showable(numbers, clips, { a: run('running'), b: run('running') })).toEqual([
      numbers[0],
      numbers[3],
    ]);
    expect(showable(numbers, clips, { a: run('running'), b: run('finished') })).toEqual(numbers);
  });

  it('no finding is shown that comes or goes with the contours', () => {
    const findings = (['not-traced', 'no-full-beat', 'low-frame-rate', 'few-beats'] as const).map(
      (code) =>
        ({
          code,
          severity: 'warning',
          message: message(`finding.${code}.short`),
          sources: [],
        }) satisfies Finding,
    );
    expect(lastingFindings(findings, true).map(({ code }) => code)).toEqual(['low-frame-rate']);
    expect(lastingFindings(findings, false)).toBe(findings);
  });
});
