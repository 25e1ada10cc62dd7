import { said } from '../../fixtures/said.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes, facts, finding, measure, region, traces, value } from './measured-clip.ts';
import { finishedRun, halfEllipse, traceOf } from './shapes.ts';

describe('what no heart has, and what is no moving picture', () => {
  it('gives no number of volumes beyond 700 mL or below 0.1 mL, whatever scaled them', () => {
    // 111 mL at 0.4 mm a pixel, and half of that at ES: the scale alone decides.
    fc.assert(
      fc.property(fc.double({ min: 0.005, max: 0.087, noNaN: true }), (delta) => {
        const result = measure({ regions: [{ ...region, deltaX: delta, deltaY: delta }] });
        const edv = 111.3 * (delta / 0.04) ** 3;
        const given = value(result, 'EDV');
        if (edv > 705 || edv < 0.1) expect(result.measurements).toEqual([]);
        else if (edv < 695 && given !== undefined) expect(Math.abs(given / edv - 1)).toBeLessThan(0.02);
        expect(given ?? 1).toBeLessThan(700);
        expect(Math.max(...result.curve.map((volume) => volume ?? 0))).toBeLessThan(
          result.curveUnit === 'mL' ? 700 : Infinity,
        );
        if (edv > 705 && given === undefined && result.calibration !== null) {
          expect(finding(result, 'volume-impossible')).toMatchObject({ severity: 'refusal' });
        }
      }),
      { numRuns: 40 },
    );
    const ruled = measure({}, { ruler: { from: [5, 20], to: [5, 120], distanceMm: 100 } });
    expect(ruled.measurements).toEqual([]);
    expect(said(finding(ruled, 'volume-impossible'))).toMatch(/ruler/);
  });

  it('leaves out one contour of many litres, and measures the others', () => {
    const huge = traceOf(halfEllipse(480, 380, [250, 390]));
    const result = measure(
      { regions: [{ ...region, deltaX: 0.06, deltaY: 0.06 }] },
      { traces: { ...traces, 9: huge } },
    );
    expect(result.curve[9]).toBeNull();
    expect(said(finding(result, 'volume-impossible'))).toMatch(/1 of 65/);
    expect(Math.abs(value(result, 'EDV')! / (111.3 * 1.5 ** 3) - 1)).toBeLessThan(0.01);
  });

  it('measures no contour that leaves the picture of the file', () => {
    const narrow = { ...region, box: { minX: 0, minY: 0, maxX: 230, maxY: 399 } };
    const result = measure({ regions: [narrow] });
    expect(result.measurements).toEqual([]);
    expect(result.curve.every((volume) => volume === null)).toBe(true);
    expect(said(finding(result, 'trace-invalid'))).toMatch(/leaves the two-dimensional picture/);
  });

  it('has nothing of a frozen picture, whatever is drawn in it, unless another one was chosen since', () => {
    const frozen = measure({}, { run: { ...finishedRun, frozen: true, picture: region.box } });
    expect(frozen.measurements).toEqual([]);
    expect(finding(frozen, 'frozen-picture')).toMatchObject({ severity: 'refusal' });
    const left = { ...region, box: { minX: 0, minY: 0, maxX: 100, maxY: 399 } };
    const right = { ...region, box: { minX: 110, minY: 0, maxX: 499, maxY: 399 } };
    const run = { ...finishedRun, frozen: true, picture: left.box } as const;
    const other = measure({ regions: [left, right] }, { run, picture: right.box });
    expect(codes(other)).not.toContain('frozen-picture');
    expect(value(other, 'EDV')).toBeGreaterThan(50);
    expect(codes(measure({ regions: [left, right] }, { run, picture: left.box }))).toContain(
      'frozen-picture',
    );
  });

  it('takes the view of the file for neither of two pictures, and leaves it to the reader’s choice', () => {
    const left = { ...region, box: { minX: 0, minY: 0, maxX: 100, maxY: 399 } };
    const right = { ...region, box: { minX: 110, minY: 0, maxX: 499, maxY: 399 } };
    const two = measure({ regions: [left, right] });
    expect(two).toMatchObject({ view: { code: 'unknown', source: 'none' }, measurements: [], beats: [] });
    expect(finding(two, 'several-pictures')).toMatchObject({ severity: 'refusal' });
    const chosen = measure({ regions: [left, right] }, { picture: right.box });
    expect(chosen.view).toEqual(facts.view);
    expect(value(chosen, 'EDV')).toBeGreaterThan(50);
    expect(finding(chosen, 'several-pictures')).toMatchObject({ severity: 'warning' });
  });
});
