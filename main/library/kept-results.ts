import type { ListedResult } from '../../core/assessment/listed-result.ts';
import type { LibraryWriter } from './library-writer.ts';
import type { RemovalStore } from './removal-store.ts';
import type { ResultStore, StoredResult } from './result-store.ts';

interface KeptResultsOptions {
  readonly results: ResultStore;
  readonly removals: RemovalStore;
  readonly writer: LibraryWriter;
}

/** What the list says of studies. `madeBy` is what results are worked out by today; others do not hold. */
export class KeptResults {
  readonly #options: KeptResultsOptions;

  constructor(options: KeptResultsOptions) {
    this.#options = options;
  }

  /** By study. */
  all(madeBy: string): Map<string, StoredResult> {
    return this.#options.results.all(madeBy);
  }

  /** Null where there is none. */
  one(studyInstanceUid: string, madeBy: string): StoredResult | null {
    return this.#options.results.one(studyInstanceUid, madeBy);
  }

  /** Studies whose result is to be worked out, the newest first. */
  wanted(madeBy: string): string[] {
    const { results, removals } = this.#options;
    const gone = removals.wholeStudies();
    return results.wanted(madeBy).filter((uid) => !gone.has(uid));
  }

  /** Keeps what the list is to say of a study as it is at `head`. @throws SystolaError `disk-full`, `library-damaged` */
  keep(studyInstanceUid: string, head: number, madeBy: string, result: ListedResult): void {
    const { results, writer } = this.#options;
    writer.write(() => results.write(studyInstanceUid, head, madeBy, result));
  }
}
