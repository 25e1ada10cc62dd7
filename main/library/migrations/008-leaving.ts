import type { Migration } from './migration.ts';

/**
 * That something is being deleted for good outlives a kill: its files may be gone already, so that nobody can take it back
 * any more, whenever the next start is.
 */
export const leaving: Migration = {
  version: 8,
  sql: `ALTER TABLE removals ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1))`,
};
