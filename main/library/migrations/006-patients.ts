import type { Migration } from './migration.ts';

/**
 * What persons said of whether two studies are one patient's, and ways to find studies whose files name the same id or
 * birth date without reading all of them.
 */
export const patients: Migration = {
  version: 6,
  sql: `
    CREATE TABLE patient_answers (
      -- SHA-256 of what the answer is about (core/patient/patient-answers.ts), the lesser first: no names in here.
      one TEXT NOT NULL,
      other TEXT NOT NULL,
      answer TEXT NOT NULL CHECK (answer IN ('same', 'different')),
      at TEXT NOT NULL,
      author TEXT NOT NULL,
      PRIMARY KEY (one, other)
    ) STRICT;

    CREATE INDEX studies_by_stated_id ON studies
      (CASE WHEN json_valid(facts) THEN trim(json_extract(facts, '$.patient.patientId')) END);
    CREATE INDEX studies_by_birth_date ON studies
      (CASE WHEN json_valid(facts) THEN json_extract(facts, '$.patient.birthDate') END);
  `,
};
