import { describe, expect, it } from 'vitest';
import type { ListedStudy } from '../../../core/api/study-summary.ts';
import { dateText } from '../../../renderer/words/measurement-words.ts';
import { matchingStudies } from '../../../renderer/state/study-search.ts';

const study = (changes: Partial<ListedStudy>): ListedStudy => ({
  studyInstanceUid: '1',
  patientName: 'Müller, Hanna',
  patientId: 'E-17',
  studyDate: '2026-01-02',
  description: 'Stress echo',
  clips: 2,
  documents: 0,
  decision: 'accepted',
  searchText: '山田\nACC-9\na4c',
  status: 'signed',
  asOf: 1,
  result: {
    ejection: { percent: 54.4, biplane: true, unsure: false },
    reliability: { state: 'check', count: 2 },
    views: ['a2c', 'a4c'],
    unmeasured: 0,
    corrected: true,
    reader: 'Dr. Grün',
  },
  ...changes,
});
const other = study({
  studyInstanceUid: '2',
  patientName: 'Doe, Jane',
  studyDate: null,
  decision: 'pending',
  searchText: '',
  status: 'new',
  result: null,
});

describe('the search of studies', () => {
  it.each([
    '2026-01-02',
    '20260102',
    dateText('2026-01-02'),
    'a4c',
    'accepted',
    'MULLER',
    'müller, hanna',
    'hanna stress',
    'e-17 accepted a4c',
    '山田',
    'acc-9',
    'signed',
    '54 %',
    'check 2',
    'grun a2c',
  ])('finds what is shown, word by word: %s', (search) => {
    expect(
      matchingStudies([study({}), other], search).map(({ studyInstanceUid }) => studyInstanceUid),
    ).toEqual(['1']);
  });

  it('finds all without words, and none where one word is nowhere', () => {
    expect(matchingStudies([study({}), other], '  ').length).toBe(2);
    expect(matchingStudies([study({}), other], 'hanna doe')).toEqual([]);
  });

  it('never hides a study that cannot be read', () => {
    const broken = study({ studyInstanceUid: '3', patientName: '', problem: 'damaged' });
    expect(matchingStudies([broken], 'anything').length).toBe(1);
  });
});
