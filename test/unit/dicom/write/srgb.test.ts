import { describe, expect, it } from 'vitest';
import { adaptation, labOf, toConnectionSpace } from '../../../../main/dicom/write/srgb.ts';
import { srgbProfile } from '../../../../main/dicom/write/srgb-profile.ts';

const close = (values: readonly number[], wanted: readonly number[], digits: number): void => {
  expect(values).toHaveLength(wanted.length);
  values.forEach((value, index) => expect(value).toBeCloseTo(wanted[index]!, digits));
};

describe('sRGB under D50', () => {
  it('has the matrix that is published for it (Bruce Lindbloom, Bradford-adapted)', () => {
    close(
      toConnectionSpace.flat(),
      [0.4360747, 0.3850649, 0.1430804, 0.2225045, 0.7168786, 0.0606169, 0.0139322, 0.0971045, 0.7141733],
      3,
    );
    close(adaptation[0], [1.0478112, 0.0228866, -0.050127], 3);
  });

  it.each([
    ['#ffffff', [100, 0, 0]],
    ['#000000', [0, 0, 0]],
    ['#ff0000', [54.29, 80.81, 69.89]],
    ['#00ff00', [87.82, -79.29, 80.99]],
    ['#0000ff', [29.57, 68.3, -112.03]],
  ])('%s is where other programs have it', (hex, lab) => {
    labOf(hex).forEach((value, index) => expect(Math.abs(value - lab[index]!)).toBeLessThan(0.15));
  });
});

describe('the profile', () => {
  const profile = Buffer.from(srgbProfile());
  const tags = new Map(
    Array.from({ length: profile.readUInt32BE(128) }, (_, index) => {
      const at = 132 + 12 * index;
      const [offset, length] = [profile.readUInt32BE(at + 4), profile.readUInt32BE(at + 8)];
      return [profile.toString('latin1', at, at + 4), profile.subarray(offset, offset + length)];
    }),
  );

  it('is one of an input device with RGB and XYZ, of its stated size', () => {
    expect(profile.readUInt32BE(0)).toBe(profile.length);
    expect(profile.length % 4).toBe(0);
    expect(profile.toString('latin1', 12, 24)).toBe('scnrRGB XYZ ');
    expect(profile.toString('latin1', 36, 40)).toBe('acsp');
    expect(profile.readUInt32BE(8)).toBe(0x04200000);
  });

  it('has every tag that such a profile has to have, within the file', () => {
    expect([...tags.keys()]).toEqual(
      expect.arrayContaining([
        'desc',
        'cprt',
        'wtpt',
        'rXYZ',
        'gXYZ',
        'bXYZ',
        'rTRC',
        'gTRC',
        'bTRC',
        'chad',
      ]),
    );
    for (const content of tags.values()) expect(content.length).toBeGreaterThan(11);
    const sum = [0, 4, 8].map((at) =>
      ['rXYZ', 'gXYZ', 'bXYZ'].reduce((total, tag) => total + tags.get(tag)!.readInt32BE(8 + at) / 65536, 0),
    );
    close(sum, [0.9642, 1, 0.8249], 3);
    const text = tags.get('desc')!;
    const [length, offset] = [text.readUInt32BE(20), text.readUInt32BE(24)];
    expect(
      text
        .subarray(offset, offset + length)
        .swap16()
        .toString('utf16le'),
    ).toBe('sRGB');
  });

  it('has the curve of sRGB', () => {
    const curve = tags.get('rTRC')!;
    expect(curve.toString('latin1', 0, 4)).toBe('para');
    expect(curve.readUInt16BE(8)).toBe(3);
    const [g, a, b, c, d] = [12, 16, 20, 24, 28].map((at) => curve.readInt32BE(at) / 65536) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const light = (value: number) => (value < d ? value * c : (value * a + b) ** g);
    close([light(0), light(1), light(0.5), light(0.03)], [0, 1, 0.21404, 0.03 / 12.92], 3);
  });
});
