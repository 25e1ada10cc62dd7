import type { Migration } from './migration.ts';

/**
 * Folded reviews, at most one a study, so that opening a study need not read and fold every revision. They can be
 * thrown away at any time: the revisions are the truth, and a snapshot that does not belong to them is not used.
 */
export const snapshots: Migration = {
  version: 3,
  sql: `
    CREATE TABLE snapshots (
      study_instance_uid TEXT PRIMARY KEY REFERENCES studies (study_instance_uid),
      -- The last revision that is folded into it.
      revision INTEGER NOT NULL,
      -- SHA-256 of all that it was made from and of how: the revisions, what the files say, the formats.
      made_from TEXT NOT NULL,
      content TEXT NOT NULL,
      -- SHA-256 of the content.
      sha256 TEXT NOT NULL
    ) STRICT;
  `,
};
