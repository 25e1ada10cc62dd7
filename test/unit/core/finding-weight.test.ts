import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import { byWeight, nearnessOf, type PlacedFinding } from '../../../core/finding/weight.ts';
import { message } from '../../../core/language/message.ts';

const beat = (edFrame: number, nextEdFrame: number | null): Beat => ({
  edFrame,
  esFrame: edFrame + 4,
  nextEdFrame,
  source: 'model',
});
/** EF rests on the second beat of clip 1; of clip 3 nothing is measured. */
const rested = { used: ['1', '3'], beats: { '1': [beat(10, 20)] } };

const placed = (
  code: Finding['code'],
  severity: Finding['severity'],
  clip: string | null,
  ...frames: number[]
): PlacedFinding => ({
  finding: {
    code,
    severity,
    message: message(`finding.${code}.short`),
    sources: frames.map((frame) => ({ sopInstanceUid: clip ?? '1', frame })),
  },
  clips: clip === null ? [] : [clip],
});

describe('how near a finding is to EF', () => {
  it('is told by clip and beat', () => {
    expect(nearnessOf(placed('low-confidence', 'warning', '1', 12), rested)).toBe('rested-on');
    expect(nearnessOf(placed('long-beat', 'warning', '1', 0, 9), rested)).toBe('other-beat');
    expect(nearnessOf(placed('long-beat', 'warning', '1', 0, 10), rested)).toBe('rested-on');
    expect(nearnessOf(placed('low-confidence', 'warning', '2', 12), rested)).toBe('other-clip');
  });

  it('of what names no frame, of the study, and of a clip without counted beats is the nearest', () => {
    expect(nearnessOf(placed('no-calibration', 'refusal', '1'), rested)).toBe('rested-on');
    expect(nearnessOf(placed('axis-lengths-differ', 'warning', null), rested)).toBe('rested-on');
    expect(nearnessOf(placed('low-confidence', 'warning', '3', 2), rested)).toBe('rested-on');
    const ofBoth = { ...placed('low-confidence', 'warning', '2', 3), clips: ['2', '1'] };
    expect(nearnessOf(ofBoth, rested)).toBe('rested-on');
  });
});

describe('the order of findings', () => {
  it('is by nearness, then by what they do to EF, then by severity', () => {
    const elsewhere = placed('volume-impossible', 'refusal', '2', 12);
    const otherBeat = placed('low-confidence', 'warning', '1', 2);
    const note = placed('few-beats', 'information', '1');
    const volumes = placed('no-calibration', 'refusal', '1');
    const ofStudy = placed('axis-lengths-differ', 'warning', null);
    const grave = placed('not-traced', 'refusal', '3');
    const all = [note, elsewhere, volumes, otherBeat, ofStudy, grave];
    const expected = [grave, ofStudy, volumes, note, otherBeat, elsewhere];
    expect(all.toSorted(byWeight(rested))).toEqual(expected);
    expect(all.toReversed().toSorted(byWeight(rested))).toEqual(expected);
  });
});
