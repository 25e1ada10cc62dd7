import { describe, expect, it } from 'vitest';
import type { PatientFacts } from '../../../../core/clip/clip.ts';
import { comparePatients, type PatientDoubt } from '../../../../core/patient/same-patient.ts';

const anna: PatientFacts = {
  patientId: '4711',
  issuerOfPatientId: null,
  name: { alphabetic: 'Meier^Anna', ideographic: '', phonetic: '' },
  birthDate: '1950-03-04',
  sex: 'female',
};
const named = (alphabetic: string, ideographic = '', phonetic = ''): Partial<PatientFacts> => ({
  name: { alphabetic, ideographic, phonetic },
});

/** "same", "different" or the doubts; whichever of the two comes first. */
function compared(a: Partial<PatientFacts>, b: Partial<PatientFacts> = {}): string {
  const told = (one: Partial<PatientFacts>, other: Partial<PatientFacts>): string => {
    const found = comparePatients({ ...anna, ...one }, { ...anna, ...other });
    return found.verdict === 'doubt' ? found.doubts.join(', ') : found.verdict;
  };
  expect(told(b, a)).toBe(told(a, b));
  return told(a, b);
}
const doubt = (...doubts: PatientDoubt[]): string => doubts.join(', ');

describe('one patient', () => {
  it('has the same id, issuer, birth date, name and sex', () => {
    expect(compared({})).toBe('same');
    expect(compared({ issuerOfPatientId: 'Ward 3' }, { issuerOfPatientId: ' Ward 3 ' })).toBe('same');
  });

  it.each([
    ['an id padded with spaces (PS3.5 6.2)', { patientId: ' 4711  ' }],
    ['a name in capitals', named('MEIER^ANNA')],
    ['an accent', named('Méier^Anna')],
    ['a middle name on one side', named('Meier^Anna^Maria')],
    ['an initial', named('Meier^A')],
    ['a double name on one side', named('Meier-Schulz^Anna')],
    ['titles', named('Meier^Anna^^Dr^MD')],
    ['the family name alone', named('Meier')],
    ['the given name first', named('Anna^Meier')],
    ['both in one component', named('Anna Meier')],
    ['sex unknown on one side', { sex: 'unknown' as const }],
  ])('is not two for %s', (_, other) => {
    expect(compared(other)).toBe('same');
  });

  it.each([
    ['an umlaut written out', 'Müller^Jörg', 'Mueller^Joerg'],
    ['Cyrillic in another case', 'Иванова^Анна', 'ИВАНОВА^АННА'],
    ['Greek with and without accents', 'Παπαδοπούλου^Άννα', 'ΠΑΠΑΔΟΠΟΥΛΟΥ^ΑΝΝΑ'],
    ['Arabic with and without vowel points', 'مُحَمَّد^علي', 'محمد^علي'],
    ['a stroke that is a letter', 'Łukasz^Anna', 'Lukasz^Anna'],
    ['wide letters', 'ＭＥＩＥＲ^ＡＮＮＡ', 'Meier^Anna'],
    ['two kinds of apostrophe', 'O’Neil^Anna', "O'Neil^Anna"],
  ])('is not two for %s', (_, a, b) => {
    expect(compared(named(a), named(b))).toBe('same');
  });

  it('is known by whichever group both names have in one script', () => {
    const whole = named('Yamada^Tarou', '山田^太郎', 'やまだ^たろう');
    expect(compared(whole, named('', '山田^太郎'))).toBe('same');
    expect(compared(whole, named('山田^太郎'))).toBe('same');
    expect(compared(whole, named('', '', 'ヤマダ^タロウ'))).toBe('same');
    expect(compared(named('Hong^Gildong', '洪^吉洞', '홍^길동'), named('', '', '홍^길동'))).toBe('same');
  });
});

describe('a doubt that is asked', () => {
  it.each([
    ['no id on one side', { patientId: '' }, doubt('id-missing')],
    ['a word in the place of the id', { patientId: 'ANONYMOUS' }, doubt('id-missing')],
    ['zeros in the place of the id', { patientId: '0000' }, doubt('id-missing')],
    ['leading zeros', { patientId: '0004711' }, doubt('id-alike')],
    ['spaces inside the id', { patientId: '47 11' }, doubt('id-alike')],
    ['an issuer on one side alone', { issuerOfPatientId: 'Ward 3' }, doubt('issuer-missing')],
    ['no birth date on one side', { birthDate: null }, doubt('birth-date-missing')],
    ['the first day that a system can write', { birthDate: '1900-01-01' }, doubt('birth-date-missing')],
    ['another birth date', { birthDate: '1950-04-03' }, doubt('birth-date-differs')],
    ['a changed family name', named('Schulz^Anna'), doubt('family-name-differs')],
    ['another name', named('Meier^Berta'), doubt('name-differs')],
    ['no name on one side', named(''), doubt('name-missing')],
    ['a word in the place of the name', named('Anonymous^Patient'), doubt('name-missing')],
    ['another script', named('Майер^Анна'), doubt('name-missing')],
    ['another sex', { sex: 'male' as const }, doubt('sex-differs')],
    [
      'a changed name where a birth date is missing too',
      { ...named('Schulz^Anna'), birthDate: null },
      doubt('birth-date-missing', 'family-name-differs'),
    ],
  ])('is %s', (_, other, doubts) => {
    expect(compared(other)).toBe(doubts);
  });

  it('is a pseudonym without birth dates, on both sides', () => {
    const pseudonym = { patientId: 'S-01', birthDate: null, ...named('S-01') };
    expect(compared(pseudonym, pseudonym)).toBe(doubt('birth-date-missing'));
  });

  it('is a name of which one group agrees and another does not', () => {
    const whole = named('Yamada^Tarou', '山田^太郎');
    expect(compared(whole, named('Yamada^Tarou', '山田^次郎'))).toBe(doubt('name-differs'));
    expect(compared(named('', 'किरण'), named('', 'करण'))).toBe(doubt('name-differs'));
  });
});

describe('two patients', () => {
  it.each([
    ['twins: birth date and family name the same', { patientId: '4712', ...named('Meier^Berta') }],
    ['two people of one name and birth date', { patientId: '4712' }],
    ['one id of two issuers', { issuerOfPatientId: 'Ward 3' }],
    [
      'an id that was given again: another name and birth date',
      { ...named('Doe^Jane'), birthDate: '1960-01-01' },
    ],
    ['ids that are alike, of other people', { patientId: '04711', ...named('Doe^Jane') }],
    ['ids that are alike, without a birth date', { patientId: '04711', birthDate: null }],
    ['no id and another birth date', { patientId: '', birthDate: '1960-01-01' }],
    ['no id and no birth date', { patientId: '', birthDate: null }],
    ['no id and a changed name', { patientId: '', ...named('Schulz^Anna') }],
    ['a longer id', { patientId: '47110' }],
  ])('are %s', (_, other) => {
    const issued = { issuerOfPatientId: 'issuerOfPatientId' in other ? 'Ward 4' : null };
    expect(compared({ ...issued }, other)).toBe('different');
  });

  it('are de-identified studies that say nothing of anybody', () => {
    const nobody = { patientId: 'ANON', birthDate: null, ...named('Anonymous') };
    expect(compared(nobody, nobody)).toBe('different');
  });
});
