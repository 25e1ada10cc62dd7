import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportFileName, isExportFileName } from '../../../core/export/export-file-name.ts';
import { studyFacts } from '../../fixtures/library/facts.ts';

const pdf = { content: 'report', extension: 'pdf' };
const patient = (alphabetic: string, patientId: string) => ({
  ...studyFacts().patient,
  patientId,
  name: { alphabetic, ideographic: '', phonetic: '' },
});

describe('the name of an exported file', () => {
  it('has what it is, the date and which study it is of', () => {
    expect(exportFileName(studyFacts(), pdf)).toMatch(/^systola-report-2026-01-02-[0-9a-f]{10}\.pdf$/);
    expect(exportFileName(studyFacts({ studyDate: '20260102' }), pdf)).toBe(
      exportFileName(studyFacts(), pdf),
    );
    expect(exportFileName(studyFacts({ studyDate: null }), pdf)).toMatch(/^systola-report-undated-/);
    expect(exportFileName(studyFacts({ studyDate: '../..' }), pdf)).toMatch(/^systola-report-undated-/);
  });

  it('tells the studies of one day apart, also those whose UIDs begin or end alike', () => {
    const uids = [
      '1.2.3',
      '1.2.3~2',
      '1.2.3~3',
      '1.2.30',
      '2.1.2.3',
      '1.2.4.1234567890123',
      '1.2.5.1234567890123',
    ];
    const many = Array.from({ length: 20_000 }, (_, i) => `1.2.840.99.${i}.20260102.1`);
    const names = [...uids, ...many].map((studyInstanceUid) =>
      exportFileName(studyFacts({ studyInstanceUid }), pdf),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('never names the patient unless asked, whatever the UID holds', () => {
    const facts = studyFacts({
      studyInstanceUid: '1.2.840.424242.7',
      patient: patient('Doe^Jane', '424242'),
    });
    const plain = exportFileName(facts, pdf);
    expect(plain).not.toMatch(/doe|jane|424242/i);
    expect(exportFileName(facts, pdf, { withPatient: true })).toBe(
      plain.replace('systola-report-', 'systola-report-Doe-Jane-424242-'),
    );
  });

  it('leaves out of the patient what a file system refuses', () => {
    const named = (name: string, id: string) =>
      exportFileName(studyFacts({ patient: patient(name, id) }), pdf, { withPatient: true });
    expect(named('O/Neill^CON:', 'a\\b*?"<>|')).toMatch(/^systola-report-O-Neill-CON-a-b-2026/);
    expect(named('..^..', '/etc/passwd')).toMatch(/^systola-report-etc-passwd-2026/);
    expect(named('Müller^Jürgen', '')).toMatch(/^systola-report-Müller-Jürgen-2026/);
    expect(named('山田^太郎', '7')).toMatch(/^systola-report-山田-太郎-7-2026/);
    // A right-to-left override would turn the ending around.
    expect(named('fdp\u202E', '')).toMatch(/^systola-report-fdp-2026/);
  });

  it('is one that every file system takes, of any name, ID, date and UID', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(text, text, text, text, fc.boolean(), (name, id, studyDate, uid, withPatient) => {
        const facts = studyFacts({ studyInstanceUid: uid, studyDate, patient: patient(name, id) });
        const file = exportFileName(facts, pdf, { withPatient });
        expect(isExportFileName(file), file).toBe(true);
        expect(new TextEncoder().encode(file).length).toBeLessThanOrEqual(255);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

it.each([
  'report.pdf',
  'systola-.pdf',
  'systola-a/b.pdf',
  'systola-a..pdf',
  'systola-a.pdf/x',
  'systola-a',
  '',
  '..',
])('%j is no name of ours', (name) => expect(isExportFileName(name)).toBe(false));
