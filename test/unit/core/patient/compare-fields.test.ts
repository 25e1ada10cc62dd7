import { describe, expect, it } from 'vitest';
import type { PatientFacts } from '../../../../core/clip/clip.ts';
import {
  agrees,
  compareFields,
  type ComparedField,
  type PatientField,
} from '../../../../core/patient/compare-fields.ts';

const anna: PatientFacts = {
  patientId: '4711',
  issuerOfPatientId: null,
  name: { alphabetic: 'Meier^Anna', ideographic: '', phonetic: '' },
  birthDate: '1950-03-04',
  sex: 'female',
};
const named = (alphabetic: string): Partial<PatientFacts> => ({
  name: { alphabetic, ideographic: '', phonetic: '' },
});

/** "equal", "differs: alike", "not-compared: missing there". */
function told(field: ComparedField): string {
  const side = 'side' in field ? ` ${field.side}` : '';
  return field.why === null ? field.outcome : `${field.outcome}: ${field.why}${side}`;
}
const compared = (
  field: PatientField,
  here: Partial<PatientFacts>,
  there: Partial<PatientFacts> = {},
): string => told(compareFields({ ...anna, ...here }, { ...anna, ...there })[field]);

describe('two studies, statement by statement', () => {
  it('agree on all of one patient', () => {
    const fields = compareFields(anna, anna);
    expect(Object.entries(fields).map(([field, found]) => [field, told(found)])).toEqual([
      ['name', 'equal'],
      ['id', 'equal'],
      ['issuer', 'not-compared: missing both'],
      ['born', 'equal'],
      ['sex', 'equal'],
    ]);
  });

  it.each([
    [named('ANONYMOUS^'), named('Anonymous'), 'equal: placeholder'],
    [named('0001'), named('0001'), 'equal: placeholder'],
    [named('test'), named('Unknown'), 'not-compared: placeholder both'],
    [named('test'), {}, 'not-compared: placeholder here'],
    [named(''), named(''), 'not-compared: missing both'],
    [{}, named('^^'), 'not-compared: missing there'],
    [named('Майер^Анна'), {}, 'not-compared: script'],
    [named('MEIER^Anna'), {}, 'equal'],
    [named('Meier^A'), {}, 'equal: written'],
    [named('Schulz^Anna'), {}, 'differs: family'],
    [named('Doe^Jane'), {}, 'differs'],
  ])('of names %o and %o', (here, there, expected) => {
    expect(compared('name', here, there)).toBe(expected);
  });

  it.each([
    ['0', '0', 'equal: placeholder'],
    ['999999', '999999', 'equal: placeholder'],
    ['ANONYMOUS', '4711', 'not-compared: placeholder here'],
    ['4711', 'test', 'not-compared: placeholder there'],
    ['4711', '', 'not-compared: missing there'],
    ['', '', 'not-compared: missing both'],
    ['', 'test', 'not-compared: missing here'],
    [' 4711', '4711 ', 'equal'],
    ['04711', '4711', 'differs: alike'],
    ['4712', '4711', 'differs'],
  ])('of the ids "%s" and "%s"', (here, there, expected) => {
    expect(compared('id', { patientId: here }, { patientId: there })).toBe(expected);
  });

  it('of issuers, birth dates and sex', () => {
    expect(compared('issuer', { issuerOfPatientId: 'A' })).toBe('not-compared: missing there');
    expect(compared('issuer', { issuerOfPatientId: 'A' }, { issuerOfPatientId: 'A ' })).toBe('equal');
    expect(compared('issuer', { issuerOfPatientId: 'A' }, { issuerOfPatientId: 'B' })).toBe('differs');
    expect(compared('born', { birthDate: null })).toBe('not-compared: missing here');
    expect(compared('born', { birthDate: '1900-01-01' }, { birthDate: '1900-01-01' })).toBe(
      'equal: placeholder',
    );
    expect(compared('born', { birthDate: '1951-03-04' })).toBe('differs');
    expect(compared('sex', { sex: 'unknown' })).toBe('not-compared: missing here');
    expect(compared('sex', { sex: 'male' })).toBe('differs');
  });

  it('agree only where what is equal tells one patient from another', () => {
    const { name, id } = compareFields(
      { ...anna, ...named('Anonymous') },
      { ...anna, ...named('Anonymous'), patientId: '04711' },
    );
    expect([agrees(name), agrees(id)]).toEqual([false, false]);
    expect(agrees(compareFields(anna, { ...anna, ...named('Meier') }).name)).toBe(true);
  });
});
