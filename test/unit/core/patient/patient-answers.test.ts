import { describe, expect, it } from 'vitest';
import type { PatientFacts, StudyFacts } from '../../../../core/clip/clip.ts';
import {
  answerPair,
  relationOf,
  type AnswerPair,
  type PatientAnswer,
} from '../../../../core/patient/patient-answers.ts';
import { studyFacts } from '../shapes.ts';

let count = 0;
function study(patient: Partial<PatientFacts> = {}): StudyFacts {
  const facts = studyFacts();
  count += 1;
  const anna: PatientFacts = {
    patientId: '4711',
    issuerOfPatientId: null,
    name: { alphabetic: 'Meier^Anna', ideographic: '', phonetic: '' },
    birthDate: '1950-03-04',
    sex: 'female',
  };
  return { ...facts, studyInstanceUid: `1.2.${count}`, patient: { ...anna, ...patient } };
}
const married = { name: { alphabetic: 'Schulz^Anna', ideographic: '', phonetic: '' } };

function answers(...given: readonly (readonly [AnswerPair, PatientAnswer])[]) {
  const known = new Map(given.map(([pair, answer]) => [pair.join('\n'), answer]));
  return (pair: AnswerPair): PatientAnswer | null => known.get(pair.join('\n')) ?? null;
}
const nobody = answers();

describe('an answer about two studies', () => {
  it('comes before the rules, and holds whichever study is open', () => {
    const [before, after] = [study(), study(married)];
    expect(relationOf(before, after, nobody)).toEqual({
      patient: 'doubt',
      by: 'rule',
      doubts: ['family-name-differs'],
    });
    const said = answers([answerPair(before, after), 'same']);
    expect(relationOf(before, after, said)).toMatchObject({ patient: 'same', by: 'answer' });
    expect(relationOf(after, before, said)).toMatchObject({ patient: 'same', by: 'answer' });
  });

  it('holds for other studies with just the same two descriptions, and for no third one', () => {
    const said = answers([answerPair(study(), study(married)), 'same']);
    expect(relationOf(study(), study(married), said).patient).toBe('same');
    const other = { name: { alphabetic: 'Weber^Anna', ideographic: '', phonetic: '' } };
    expect(relationOf(study(), study(other), said).patient).toBe('doubt');
    expect(relationOf(study(married), study(other), said).patient).toBe('doubt');
  });

  it('is about the two studies alone where one does not say who its patient is', () => {
    const [whole, bare] = [study(), study({ birthDate: null })];
    const said = answers([answerPair(whole, bare), 'same']);
    expect(relationOf(whole, bare, said).patient).toBe('same');
    expect(relationOf(study(), bare, said).patient).toBe('doubt');
    expect(relationOf(whole, study({ birthDate: null }), said).patient).toBe('doubt');
  });

  it('parts two studies whose descriptions are one, and no others', () => {
    const [one, other] = [study(), study()];
    const said = answers([answerPair(one, other), 'different']);
    expect(relationOf(one, other, said)).toMatchObject({ patient: 'different', by: 'answer' });
    expect(relationOf(one, study(), said).patient).toBe('same');
  });

  it('says nothing any more of a patient who was corrected to another', () => {
    const [one, bare] = [study(), study({ birthDate: null })];
    const said = answers([answerPair(one, bare), 'same']);
    const corrected = { ...bare, patient: { ...bare.patient, patientId: '9' } };
    expect(relationOf(one, corrected, said)).toMatchObject({ patient: 'different', by: 'rule' });
  });
});
