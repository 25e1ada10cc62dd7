import { describe, expect, it } from 'vitest';
import { keptAttributes } from '../../../../core/deidentify/kept-attributes.ts';
import {
  basicActions,
  profileOptions,
  profileRow,
  profileTable,
} from '../../../../core/deidentify/profile-table.ts';

const counted = <K extends string>(values: readonly K[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, all]) => [value, all.length]));

describe('table E.1-1 of PS3.15 2024e', () => {
  it('has every row once, with a known action and known options', () => {
    expect(profileTable).toHaveLength(621);
    expect(new Set(profileTable.map(({ tag }) => tag)).size).toBe(621);
    for (const { tag, vr, keyword, basic, options } of profileTable) {
      expect(tag).toMatch(/^([0-9a-f]{8}|50xxxxxx|60xx[34]000|private)$/);
      expect(vr).toMatch(/^([A-Z]{2}|\*)$/);
      expect(keyword).toMatch(/^[A-Z][A-Za-z0-9]+$/);
      expect(basicActions).toContain(basic);
      for (const [option, cell] of Object.entries(options)) {
        expect(profileOptions).toContain(option);
        expect(['K', 'C']).toContain(cell);
      }
    }
  });

  it('has as many of each action and of each option as the standard', () => {
    expect(counted(profileTable.map(({ basic }) => basic))).toEqual({
      X: 384,
      D: 92,
      U: 54,
      Z: 42,
      'X/D': 22,
      'X/Z': 11,
      'X/Z/D': 8,
      'Z/D': 6,
      'X/Z/U*': 2,
    });
    const cells = profileTable.flatMap(({ options }) =>
      Object.entries(options).map(([option, cell]) => `${option} ${cell}`),
    );
    expect(counted(cells)).toEqual({
      'private C': 1,
      'uids K': 59,
      'device K': 46,
      'device C': 11,
      'institution K': 10,
      'patient K': 9,
      'patient C': 4,
      'fullDates K': 165,
      'modifiedDates C': 165,
      'descriptors C': 125,
      'structured C': 3,
      'graphics C': 4,
    });
  });

  it('knows attributes by their tag, by repeating groups, and private ones by their odd group', () => {
    expect(profileRow(0x0010_0010)).toMatchObject({ keyword: 'PatientName', basic: 'Z' });
    expect(profileRow(0x5000_3000)).toMatchObject({ keyword: 'CurveData' });
    expect(profileRow(0x501e_0010)).toMatchObject({ keyword: 'CurveData' });
    expect(profileRow(0x6002_3000)).toMatchObject({ keyword: 'OverlayData' });
    expect(profileRow(0x60fe_4000)).toMatchObject({ keyword: 'OverlayComments' });
    expect(profileRow(0x6002_0010)).toBeNull();
    expect(profileRow(0x7fe1_1001)).toMatchObject({ keyword: 'PrivateAttributes', basic: 'X' });
    expect(profileRow(0x0019_0010)).toMatchObject({ keyword: 'PrivateAttributes' });
    expect(profileRow(0x0018_1063)).toBeNull();
  });

  it('has nothing in common with what is kept beside it', () => {
    const both = [...keptAttributes].filter(([tag]) => profileRow(tag) !== null);
    expect(both).toEqual([]);
    expect(keptAttributes.size).toBeGreaterThan(150);
  });
});
