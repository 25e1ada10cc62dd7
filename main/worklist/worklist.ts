import type { ListedStudy, StudySummary } from '../../core/api/study-summary.ts';
import { studyStatus, type StudyActivity } from '../../core/assessment/study-status.ts';
import type { RunQueue } from '../analysis/run-queue.ts';
import type { Library } from '../library/library.ts';
import type { StoredResult } from '../library/result-store.ts';
import type { StudyResults } from './study-results.ts';

export interface WorklistOptions {
  readonly library: Library;
  readonly results: StudyResults;
  readonly runs: Pick<RunQueue, 'activities'>;
}

/** The list of studies with how far each has come. */
export class Worklist {
  readonly #options: WorklistOptions;
  #asOf = 0;

  constructor(options: WorklistOptions) {
    this.#options = options;
  }

  /** Studies in which `search` is found, the newest first. */
  studies(search = ''): ListedStudy[] {
    const { library, results, runs } = this.#options;
    const known = results.all();
    const activities = runs.activities();
    const asOf = (this.#asOf += 1);
    return library
      .summaries(search)
      .map((summary) =>
        listed(
          summary,
          known.get(summary.studyInstanceUid) ?? null,
          activities.get(summary.studyInstanceUid) ?? null,
          asOf,
        ),
      );
  }

  /** Null where the library holds no such study. */
  study(studyInstanceUid: string): ListedStudy | null {
    const { library, results, runs } = this.#options;
    const summary = library.summary(studyInstanceUid);
    if (summary === null) return null;
    const activity = runs.activities().get(studyInstanceUid) ?? null;
    return listed(summary, results.one(studyInstanceUid), activity, (this.#asOf += 1));
  }

  /** Studies with clips to be measured that nobody has decided on, the newest first. */
  unmeasured(): string[] {
    const known = this.#options.results.all();
    return this.#options.library.summaries().flatMap(({ studyInstanceUid, decision, problem }) => {
      if (decision !== 'pending' || problem !== undefined) return [];
      const unmeasured = known.get(studyInstanceUid)?.result.unmeasured;
      return unmeasured === undefined || unmeasured > 0 ? [studyInstanceUid] : [];
    });
  }
}

function listed(
  summary: StudySummary,
  stored: StoredResult | null,
  activity: StudyActivity,
  asOf: number,
): ListedStudy {
  return {
    ...summary,
    asOf,
    status:
      summary.problem === undefined
        ? studyStatus(summary.decision, stored?.result ?? null, activity)
        : 'problem',
    result: stored?.isCurrent === true ? stored.result : null,
  };
}
