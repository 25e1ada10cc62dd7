import type { Migration } from './migration.ts';

/**
 * What was deleted and can still be taken back, and what a person says of a study's patient in the place of its files.
 *
 * Revisions stay append-only but for what is being deleted: those of a deleted study go, and of those of its study a
 * deleted clip's contours.
 */
export const care: Migration = {
  version: 5,
  sql: `
    CREATE TABLE removals (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      study_instance_uid TEXT NOT NULL REFERENCES studies (study_instance_uid),
      -- The clip that goes; empty: the study with all that belongs to it.
      sop_instance_uid TEXT NOT NULL DEFAULT '',
      at TEXT NOT NULL,
      author TEXT NOT NULL,
      UNIQUE (study_instance_uid, sop_instance_uid)
    ) STRICT;

    CREATE TABLE patient_corrections (
      study_instance_uid TEXT PRIMARY KEY REFERENCES studies (study_instance_uid),
      correction TEXT NOT NULL,
      at TEXT NOT NULL,
      author TEXT NOT NULL
    ) STRICT;

    DROP TRIGGER revisions_keep;
    CREATE TRIGGER revisions_keep BEFORE UPDATE ON revisions
      WHEN NOT EXISTS (SELECT 1 FROM removals r WHERE r.study_instance_uid = OLD.study_instance_uid)
      BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;
    DROP TRIGGER revisions_stay;
    CREATE TRIGGER revisions_stay BEFORE DELETE ON revisions
      WHEN NOT EXISTS (SELECT 1 FROM removals r
        WHERE r.study_instance_uid = OLD.study_instance_uid AND r.sop_instance_uid = '')
      BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END;
  `,
};
