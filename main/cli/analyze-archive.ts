import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { SystolaError } from '../../core/error.ts';
import { Attempts, mostAttempts } from '../archive/attempts.ts';
import { readManifest, type ManifestStudy } from '../archive/manifest.ts';
import { ResultsFolder } from '../archive/results-folder.ts';
import type { Shard } from '../archive/shard.ts';
import { ShardTally } from '../archive/shard-tally.ts';
import {
  isWorthAnotherAttempt,
  type ResultOptions,
  type StudyFailure,
  type StudyResult,
} from '../archive/study-result.ts';
import { installation } from '../application/installation.ts';
import { createComputing, type Computing } from '../application/computing.ts';
import { analyzeInTemporaryLibrary } from './analyze-in-temporary-library.ts';
import type { AnalyzeOptions } from './analyze-options.ts';
import type { AnalyzeOutcome } from './analyze-session.ts';
import { failureLine } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { StagedOutput } from '../files/staged-output.ts';
import { makeFolder } from '../files/make-folder.ts';

type Options = AnalyzeOptions & { readonly archive: NonNullable<AnalyzeOptions['archive']> };

/** What every study has, whatever else is asked for: "systola merge" puts them under one another. */
const mergedExport = 'measurements-csv';

/** `systola analyze --manifest`: every study of a shard into a folder of its own. Returns the exit code. */
export async function analyzeArchive(options: Options, signal: AbortSignal): Promise<number> {
  const { shard, manifest } = options.archive;
  let studies: readonly ManifestStudy[];
  try {
    studies = await readManifest(manifest, shard);
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(failureLine(error));
    return error.code === 'bad-request' ? exitCodes.usage : exitCodes.nothing;
  }
  // Nothing is corrected, so that states of the model need not be kept.
  const computing = createComputing({ shelfBytes: 0, threads: options.threads ?? 1 });
  const tally = new ShardTally();
  try {
    await using staged = await StagedOutput.in(options.out);
    const session = new ArchiveSession(options, { computing, staged, signal });
    for (const [index, study] of studies.entries()) {
      signal.throwIfAborted();
      const { result, isNew } = await session.analyze(study);
      tally.count(result);
      if (isNew) process.stderr.write(`[${index + 1}/${studies.length}] ${lineOf(result)}\n`);
    }
    await tally.write(new ResultsFolder(options.out), shard);
    process.stderr.write(`Shard ${told(shard)}, ${tally.words}\n`);
    return tally.isFlawless ? exitCodes.done : exitCodes.partly;
  } catch (error) {
    if (signal.aborted) {
      console.error('Stopped; the studies above are whole, and the same command goes on with the others.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof SystolaError)) throw error;
    console.error(failureLine(error));
    return error.code === 'model-not-found' || error.code === 'bad-request'
      ? exitCodes.usage
      : exitCodes.partly;
  } finally {
    await computing.close();
  }
}

interface ArchiveSurroundings {
  readonly computing: Computing;
  readonly staged: StagedOutput;
  readonly signal: AbortSignal;
}

/** Studies one after the other, each over a library of its own, so that the thousandth takes what the first one took. */
class ArchiveSession {
  readonly #options: AnalyzeOptions;
  readonly #surroundings: ArchiveSurroundings;
  readonly #results: ResultsFolder;
  readonly #attempts: Attempts;

  constructor(options: Options, surroundings: ArchiveSurroundings) {
    const exports = [...new Set([mergedExport, ...options.exports])];
    this.#options = { ...options, exports };
    this.#surroundings = surroundings;
    this.#results = new ResultsFolder(options.out);
    this.#attempts = new Attempts(options.out);
  }

  /**
   * What came of a study, now or before.
   *
   * @throws SystolaError `bad-request` where it was analysed in another way; what no further study could do without
   */
  async analyze(study: ManifestStudy): Promise<{ readonly result: StudyResult; readonly isNew: boolean }> {
    const before = await this.#results.result(study.id);
    if (before !== null) this.#refuseOtherWay(before);
    if (before !== null && !isWorthAnotherAttempt(before)) return { result: before, isNew: false };
    const attempts = await this.#attempts.begin(study.id);
    if (attempts < mostAttempts) return { result: await this.#analyze(study), isNew: true };
    const reason = `${attempts} processes ended in the middle of it. It is tried again once ${this.#attempts.path(study.id)} is deleted.`;
    return { result: await this.#publishFailure(study, 'internal', reason, 0), isNew: true };
  }

  async #analyze(study: ManifestStudy): Promise<StudyResult> {
    const { staged, signal, computing } = this.#surroundings;
    const startedMs = performance.now();
    const seconds = (): number => Math.round(performance.now() - startedMs) / 1000;
    const out = staged.path(study.id);
    try {
      await makeFolder(out);
      const options = { ...this.#options, paths: study.paths, out };
      const outName = this.#results.studyPath(study.id);
      const quiet = { write: () => true };
      const outcome = await analyzeInTemporaryLibrary(options, {
        ...{ signal, computing, outName, lines: quiet, corrections: { clips: new Map(), leftOut: [] } },
      });
      const result = await this.#results.publish(out, {
        ...this.#common(study),
        ...resultOf(outcome),
        seconds: seconds(),
      });
      await this.#attempts.end(study.id);
      return result;
    } catch (error) {
      await rm(out, { recursive: true, force: true });
      if (signal.aborted || (error instanceof SystolaError && isOfMachine(error))) {
        await this.#attempts.end(study.id);
        throw error;
      }
      // One study must not keep thousands of others from being analysed.
      if (!(error instanceof SystolaError)) console.error(error);
      const [code, reason] =
        error instanceof SystolaError
          ? ([error.code, error.message] as const)
          : (['internal', 'The analysis stopped because of a defect in Systola.'] as const);
      const result = await this.#publishFailure(study, code, reason, seconds());
      await this.#attempts.end(study.id);
      return result;
    }
  }

  async #publishFailure(
    study: ManifestStudy,
    code: SystolaError['code'],
    reason: string,
    seconds: number,
  ): Promise<StudyResult> {
    const out = this.#surroundings.staged.path(study.id);
    await makeFolder(out);
    return this.#results.publish(out, {
      ...this.#common(study),
      ...{ state: 'failed', studyInstanceUids: [], clips: 0, failedClips: 0, contouredFrames: 0 },
      ...{ failures: [{ file: null, code, reason }], model: null, seconds },
    });
  }

  #common({ id }: ManifestStudy): Pick<StudyResult, 'schema' | 'study' | 'software' | 'options'> {
    return {
      schema: 'systola-study-result/1',
      study: id,
      software: installation.version,
      options: resultOptions(this.#options),
    };
  }

  #refuseOtherWay({ study, options, software }: StudyResult): void {
    const same =
      software === installation.version && isDeepStrictEqual(options, resultOptions(this.#options));
    if (same) return;
    throw new SystolaError(
      'bad-request',
      `The study ${study} was analysed by Systola ${software} with ${JSON.stringify(options)}. Results of one folder have to be of one version with the same options: give them again, or choose another folder with --out.`,
      this.#options.out,
    );
  }
}

function resultOf(
  outcome: AnalyzeOutcome,
): Pick<
  StudyResult,
  'state' | 'studyInstanceUids' | 'clips' | 'failedClips' | 'contouredFrames' | 'failures' | 'model'
> {
  const { exitCode, studyInstanceUids, clips, failedClips, contouredFrames, model } = outcome;
  const isEmpty = exitCode === exitCodes.nothing && outcome.rejected.length === 0;
  const rejected = isEmpty ? [emptyStudy] : outcome.rejected;
  const nothing = exitCode === exitCodes.nothing || (failedClips > 0 && contouredFrames === 0);
  return {
    state: nothing ? 'failed' : exitCode === exitCodes.done ? 'done' : 'partly',
    ...{ studyInstanceUids: [...studyInstanceUids], clips, failedClips, contouredFrames, model },
    failures: rejected.map(({ file, code, reason }) => ({ file, code, reason }) as StudyFailure),
  };
}

const emptyStudy: StudyFailure = {
  file: null,
  code: 'not-found',
  reason: 'None of its files is a DICOM file.',
};

function resultOptions(options: AnalyzeOptions): ResultOptions {
  const { model, recognise, view, stage, frames, masks, exports } = options;
  const threads = options.threads ?? 1;
  return { model, threads, recognise, view, stage, frames, masks, exports: [...exports].sort() };
}

/** What every other study of the shard would meet too. */
const isOfMachine = ({ code }: SystolaError): boolean =>
  code === 'model-not-found' || code === 'disk-full' || code === 'unwritable';

function lineOf({ study, state, clips, contouredFrames, failures, seconds }: StudyResult): string {
  const [first] = failures;
  const why = first === undefined ? '' : `; ${first.file ?? study}: ${first.reason} (${first.code})`;
  const more = failures.length > 1 ? `, and ${failures.length - 1} more` : '';
  return `${study}: ${state}, ${clips} clips, ${contouredFrames} frames in ${seconds.toFixed(1)} s${why}${more}`;
}

const told = ({ number, of }: Shard): string => `${number}/${of}`;
