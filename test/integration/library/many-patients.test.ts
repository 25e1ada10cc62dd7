import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Library } from '../../../main/library/library.ts';
import { readerVersion } from '../../../main/library/reader-versions.ts';
import { studyFacts } from '../../fixtures/library/facts.ts';
import { seededLibrary } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const count = 5000;

/** Twelve hundred and fifty patients of four studies each, the last digits of whose ids and birth dates come again and again. */
function patient(index: number) {
  const person = index % (count / 4);
  const day = String(1 + (person % 28)).padStart(2, '0');
  return {
    patientId: `P-${person}`,
    issuerOfPatientId: null,
    name: {
      alphabetic: `Doe^Jane${String.fromCodePoint(97 + (person % 26))}${person}`,
      ideographic: '',
      phonetic: '',
    },
    birthDate: `${1930 + (person % 60)}-0${1 + (person % 9)}-${day}`,
    sex: 'female' as const,
  };
}

it('finds the studies of a patient among five thousand without reading them all', async () => {
  const path = folder();
  (await seededLibrary(path)).close();
  const database = new DatabaseSync(join(path, 'library.sqlite'));
  const insert = database.prepare(
    'INSERT INTO studies (study_instance_uid, patient, facts, created_at, reader_version) VALUES (?, 1, ?, ?, ?)',
  );
  database.exec('BEGIN');
  for (let index = 0; index < count; index += 1) {
    const facts = studyFacts({ studyInstanceUid: `9.${index}`, patient: patient(index) });
    insert.run(facts.studyInstanceUid, JSON.stringify(facts), '2026-01-01T00:00:00Z', readerVersion);
  }
  database.exec('COMMIT');
  for (const column of ['patientId', 'birthDate']) {
    const of = `json_extract(facts, '$.patient.${column}')`;
    const sql = `EXPLAIN QUERY PLAN SELECT study_instance_uid FROM studies
      WHERE CASE WHEN json_valid(facts) THEN ${column === 'patientId' ? `trim(${of})` : of} END = ?`;
    const [plan] = database.prepare(sql).all('x') as { detail: string }[];
    expect(plan?.detail).toContain('USING INDEX studies_by_');
  }
  database.close();

  const library = await Library.open(path);
  const fastestAll = fastest(3, () => expect(library.summaries()).toHaveLength(count + 1));
  const fastestRelated = fastest(50, (index) => {
    const found = library.patients.related(`9.${index * 20}`);
    expect(found.filter(({ relation }) => relation.patient === 'same')).toHaveLength(3);
  });
  library.close();
  expect(fastestRelated).toBeLessThan(fastestAll / 4);
});

/** ms that the fastest call took: others may have waited for whatever runs beside. */
function fastest(calls: number, call: (index: number) => void): number {
  const times = Array.from({ length: calls }, (_, index) => {
    const from = performance.now();
    call(index);
    return performance.now() - from;
  });
  return Math.min(...times);
}
