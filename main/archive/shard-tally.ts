import { writeAtomically } from '../files/write-atomically.ts';
import type { ResultsFolder } from './results-folder.ts';
import type { Shard } from './shard.ts';
import type { StudyResult } from './study-result.ts';

/** What came of a shard, counted. */
export class ShardTally {
  readonly #counts = { done: 0, partly: 0, failed: 0 };
  readonly #failed: string[] = [];

  count({ study, state }: Pick<StudyResult, 'study' | 'state'>): void {
    this.#counts[state] += 1;
    if (state === 'failed') this.#failed.push(study);
  }

  get isFlawless(): boolean {
    return this.#counts.partly === 0 && this.#counts.failed === 0;
  }

  get words(): string {
    const { done, partly, failed } = this.#counts;
    return `${done + partly + failed} studies: ${done} done, ${partly} in part, ${failed} failed`;
  }

  /** The file that says that the shard was gone through to its end. */
  async write(folder: ResultsFolder, shard: Shard): Promise<void> {
    const { done, partly, failed } = this.#counts;
    const told = {
      schema: 'systola-shard/1',
      shard: shard.number,
      of: shard.of,
      ...{ studies: done + partly + failed, done, partly, failed, failedStudies: this.#failed },
    };
    await writeAtomically(folder.shardPath(shard), `${JSON.stringify(told, null, 1)}\n`);
  }
}
