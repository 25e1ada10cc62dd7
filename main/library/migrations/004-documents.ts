import type { Migration } from './migration.ts';

/**
 * Documents of studies: structured reports, stored by content hash as clips are. They are tables of their own because
 * nothing plays or measures them; a UID and the bytes of a file are in one of the two.
 */
export const documents: Migration = {
  version: 4,
  sql: `
    CREATE TABLE documents (
      sop_instance_uid TEXT PRIMARY KEY,
      study_instance_uid TEXT NOT NULL REFERENCES studies (study_instance_uid),
      sha256 TEXT NOT NULL UNIQUE,
      bytes INTEGER NOT NULL,
      facts TEXT NOT NULL,
      imported_at TEXT NOT NULL,
      -- Version of the reader that made the facts.
      reader_version INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX documents_by_study ON documents (study_instance_uid);
  `,
};
