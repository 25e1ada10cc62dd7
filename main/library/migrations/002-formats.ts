import type { Migration } from './migration.ts';

/**
 * What is stored says how it was written: revisions their format (core/review/format.ts), facts the version of the
 * reader that made them (main/library/reader-versions.ts). Everything from before there was either is of the first.
 */
export const formats: Migration = {
  version: 2,
  sql: `
    ALTER TABLE revisions ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE clips ADD COLUMN reader_version INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE studies ADD COLUMN reader_version INTEGER NOT NULL DEFAULT 1;
  `,
};
