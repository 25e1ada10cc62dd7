import type { Migration } from './migration.ts';

/**
 * What the list of studies says of each (core/assessment/listed-result.ts), at most one a study. It can be thrown away at
 * any time. Whatever it was worked out from marks it as stale when it changes: triggers, so that no way of writing can
 * forget to.
 */
export const results: Migration = {
  version: 5,
  sql: `
    CREATE TABLE study_results (
      study_instance_uid TEXT PRIMARY KEY REFERENCES studies (study_instance_uid) ON DELETE CASCADE,
      -- The last revision that it rests on; 0 where there was none.
      head INTEGER NOT NULL,
      -- SHA-256 of the rules and settings that it was worked out by.
      made_by TEXT NOT NULL,
      stale INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),
      content TEXT NOT NULL
    ) STRICT;

    CREATE TRIGGER results_stale_by_revision AFTER INSERT ON revisions
      BEGIN UPDATE study_results SET stale = 1 WHERE study_instance_uid = NEW.study_instance_uid; END;
    CREATE TRIGGER results_stale_by_study AFTER UPDATE ON studies
      BEGIN UPDATE study_results SET stale = 1 WHERE study_instance_uid = NEW.study_instance_uid; END;
    CREATE TRIGGER results_stale_by_new_clip AFTER INSERT ON clips
      BEGIN UPDATE study_results SET stale = 1 WHERE study_instance_uid = NEW.study_instance_uid; END;
    CREATE TRIGGER results_stale_by_clip AFTER UPDATE ON clips
      BEGIN UPDATE study_results SET stale = 1
             WHERE study_instance_uid IN (OLD.study_instance_uid, NEW.study_instance_uid); END;
    CREATE TRIGGER results_stale_by_lost_clip AFTER DELETE ON clips
      BEGIN UPDATE study_results SET stale = 1 WHERE study_instance_uid = OLD.study_instance_uid; END;
  `,
};
