import type { Migration } from './migration.ts';

/**
 * Patients, studies, clips, revisions, settings and the audit log.
 *
 * `facts` are JSON of the core types, validated whenever they are read. Revisions and audit entries can only
 * be added: triggers refuse everything else, so that no code path can rewrite history by mistake.
 */
export const initial: Migration = {
  version: 1,
  sql: `
    CREATE TABLE patients (
      id INTEGER PRIMARY KEY,
      patient_id TEXT NOT NULL,
      issuer TEXT NOT NULL,
      -- Files without a patient id must not be taken for one another: there the study is the identity.
      study_instance_uid TEXT NOT NULL,
      UNIQUE (patient_id, issuer, study_instance_uid)
    ) STRICT;

    CREATE TABLE studies (
      study_instance_uid TEXT PRIMARY KEY,
      patient INTEGER NOT NULL REFERENCES patients (id),
      facts TEXT NOT NULL,
      created_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX studies_by_patient ON studies (patient);

    CREATE TABLE clips (
      sop_instance_uid TEXT PRIMARY KEY,
      study_instance_uid TEXT NOT NULL REFERENCES studies (study_instance_uid),
      sha256 TEXT NOT NULL UNIQUE,
      bytes INTEGER NOT NULL,
      facts TEXT NOT NULL,
      imported_at TEXT NOT NULL
    ) STRICT;
    CREATE INDEX clips_by_study ON clips (study_instance_uid);

    CREATE TABLE revisions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      study_instance_uid TEXT NOT NULL REFERENCES studies (study_instance_uid),
      at TEXT NOT NULL,
      author TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('edit', 'run', 'undo', 'redo')),
      label TEXT NOT NULL,
      changes TEXT NOT NULL,
      target INTEGER REFERENCES revisions (id),
      -- State of the decision after this revision where it changed it: lets the study list skip the changes.
      decision TEXT CHECK (decision IN ('pending', 'accepted', 'rejected'))
    ) STRICT;
    CREATE INDEX revisions_by_study ON revisions (study_instance_uid, id);
    CREATE INDEX decisions_by_study ON revisions (study_instance_uid, id) WHERE decision IS NOT NULL;
    CREATE TRIGGER revisions_keep BEFORE UPDATE ON revisions
      BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;
    CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions
      BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;

    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      event_id TEXT NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('C', 'R', 'U', 'D', 'E')),
      outcome INTEGER NOT NULL CHECK (outcome IN (0, 4, 8, 12)),
      user TEXT NOT NULL,
      study_instance_uid TEXT,
      patient_id TEXT,
      detail TEXT NOT NULL,
      previous_hash TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TRIGGER audit_keep BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    CREATE TRIGGER audit_stay BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
  `,
};
