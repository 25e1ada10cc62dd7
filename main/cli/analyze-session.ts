import { inEnglish } from '../../core/language/english.ts';
import { basename, join } from 'node:path';
import type { Analysis } from '../../core/analysis/analysis.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import { stageCalled, stageName, studyStages } from '../../core/clip/stage.ts';
import { SystolaError } from '../../core/error.ts';
import { clipView, untraceable } from '../../core/measurement/untraceable.ts';
import { rasterizeTrace } from '../../core/trace/rasterize.ts';
import { applyCorrections } from './apply-corrections.ts';
import type { GivenCorrections } from './correction-file.ts';
import type { Services } from '../application/services.ts';
import { installation } from '../application/installation.ts';
import { documentOf } from '../application/study-documents.ts';
import { ExportRun } from '../application/export-run.ts';
import { exportSnapshot } from '../application/export-snapshot.ts';
import { exportStudy } from '../application/study-export.ts';
import { encodePng } from '../dicom/png.ts';
import { reportPdf } from '../export/report-pdf.ts';
import { chosenFormats } from '../export/exporters.ts';
import { modelOf, writeAnalysis } from '../export/write-analysis.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import type { AnalyzeOptions } from './analyze-options.ts';
import { exitCodes } from './exit-codes.ts';
import { AnalysisProgress, type LineOutput } from './progress.ts';
import { StagedOutput } from '../files/staged-output.ts';
import { tracedStructures, tracesOf } from '../../core/review/traces.ts';
import { leftVentricularCavity } from '../../core/structure/structure.ts';

type Rejected = Analysis['rejected'][number];

export interface AnalyzeSurroundings {
  readonly corrections: GivenCorrections;
  readonly signal: AbortSignal;
  /** Where it is told how far it is; the standard error output unless told. */
  readonly lines?: LineOutput;
  /** What the folder that is written to is called in what is told, where it is moved afterwards. */
  readonly outName?: string;
}

/** What came of an analysis. */
export interface AnalyzeOutcome {
  readonly exitCode: number;
  /** Study Instance UIDs as the files have them, of each patient's study one. */
  readonly studyInstanceUids: readonly string[];
  /** Clips that were read, and those of them that could not be analysed. */
  readonly clips: number;
  readonly failedClips: number;
  /** Frames that a model has drawn contours on. */
  readonly contouredFrames: number;
  readonly model: Analysis['model'];
  /** What is no DICOM is not among them. */
  readonly rejected: Analysis['rejected'];
}

/** One `systola analyze`: import, views, runs, and everything that is written. */
export class AnalyzeSession {
  readonly #services: Services;
  readonly #options: AnalyzeOptions;
  readonly #corrections: GivenCorrections;
  readonly #signal: AbortSignal;
  readonly #lines: LineOutput;
  readonly #outName: string;
  readonly #rejected: Rejected[] = [];
  /** What is no DICOM: it stands in analysis.json, and is no failure. */
  readonly #passedOver: string[] = [];
  /** Where each clip was read from, as the user named it. */
  readonly #files = new Map<string, string>();
  /** Structured reports that came with the clips. */
  #reports = 0;
  /** Clips that could not be analysed. */
  readonly #failed = new Set<string>();

  constructor(services: Services, options: AnalyzeOptions, surroundings: AnalyzeSurroundings) {
    const { corrections, signal, lines = process.stderr, outName = options.out } = surroundings;
    this.#services = services;
    this.#options = options;
    this.#corrections = corrections;
    this.#signal = signal;
    this.#lines = lines;
    this.#outName = outName;
  }

  /**
   * @throws SystolaError `model-not-found` when a model was named that is not there, `cancelled`
   */
  async run(): Promise<AnalyzeOutcome> {
    // A name that is not there is a mistake on the command line, to be told before hours of import.
    if (this.#options.model !== null)
      await this.#services.models.load(this.#options.model).catch(onlyNotFound);
    await this.#import();
    await this.#recogniseViews();
    this.#setViews();
    this.#setStage();
    await this.#analyse();
    this.#signal.throwIfAborted();
    await this.#correct();
    await this.#write();
    return this.#outcome();
  }

  async #import(): Promise<void> {
    const { imports } = this.#services;
    const started = imports.start(this.#options.paths, {
      onTaken: ({ kind, file, sopInstanceUid, known }) => {
        if (known) return;
        if (kind === 'clip') this.#files.set(sopInstanceUid, file);
        else this.#reports += 1;
      },
      onRejected: (rejected) => this.#rejected.push(rejected),
      onPassedOver: (file) => this.#passedOver.push(file),
    });
    const cancel = (): void => void imports.cancel(started.importId);
    this.#signal.addEventListener('abort', cancel, { once: true });
    const ended = await imports.ended(started.importId);
    this.#signal.removeEventListener('abort', cancel);
    this.#signal.throwIfAborted();
    for (const { file, reason, code } of this.#rejected) {
      this.#lines.write(`${file}: ${reason} (${code})\n`);
    }
    const { count, names } = ended.passedOver;
    if (count > 0) {
      const which = `${names.map((name) => basename(name)).join(', ')}${count > names.length ? ', …' : ''}`;
      this.#lines.write(
        `${count === 1 ? '1 file is' : `${count} files are`} no DICOM and passed over: ${which}\n`,
      );
    }
    const { size } = this.#files;
    this.#lines.write(
      `${size} clip${size === 1 ? '' : 's'}${this.#reports === 0 ? '' : ` and ${this.#reports} structured report${this.#reports === 1 ? '' : 's'}`} in ${ended.studies.length} stud${ended.studies.length === 1 ? 'y' : 'ies'}\n`,
    );
    if (ended.state === 'failed') throw new SystolaError('unreadable', ended.message ?? 'The import failed.');
  }

  /** Views told from the pictures, before the one of the command line: that is for clips that are left open. */
  async #recogniseViews(): Promise<void> {
    const { views } = this.#services;
    for (const { clips } of this.#documents()) {
      for (const { sopInstanceUid } of clips) await views.recognise(sopInstanceUid, this.#signal);
    }
    const told = this.#documents().flatMap(({ clips, review }) =>
      clips.flatMap((facts) => {
        const clip = review.clips[facts.sopInstanceUid];
        return clip === undefined || clip.recognition === null ? [] : [clipView(facts, clip)];
      }),
    );
    if (told.length === 0) return;
    const recognised = told.filter(({ source }) => source === 'recognised').length;
    const open = told.filter(({ code }) => code === 'unknown').length;
    this.#lines.write(
      `views: ${recognised} recognised from the pictures, ${open} left open; nobody has confirmed them\n`,
    );
  }

  /** The view of the command line, for clips whose file does not say. Nobody has looked at them: it stays in doubt. */
  #setViews(): void {
    const { view } = this.#options;
    if (view === null) return;
    const { reviews } = this.#services;
    for (const { studyInstanceUid, clips, review } of this.#documents()) {
      const changes = clips.flatMap((facts) => {
        const { sopInstanceUid } = facts;
        const clip = review.clips[sopInstanceUid];
        if (clip === undefined || clipView(facts, clip).code !== 'unknown') return [];
        const { view: before } = clip;
        if (before.code !== 'unknown') return [];
        return [{ slot: 'view', sopInstanceUid, before, after: { code: view, source: 'assumed' } } as const];
      });
      if (changes.length === 0) continue;
      const label = `view ${view} for ${changes.length} clips`;
      reviews.record(studyInstanceUid, { kind: 'edit', label, changes });
    }
  }

  /** The stage of the command line, for studies that have it; where none has, that is a mistake to be told. */
  #setStage(): void {
    const { stage: wanted } = this.#options;
    if (wanted === null) return;
    const { reviews } = this.#services;
    const known = new Set<string>();
    let found = false;
    for (const { studyInstanceUid, clips, review } of this.#documents()) {
      const stages = studyStages(clips);
      for (const { stage } of stages) known.add(inEnglish.say(stageName(stage)));
      const stage = stageCalled(stages, wanted);
      if (stage === null) continue;
      found = true;
      const label = `numbers of stage ${inEnglish.say(stageName(stage))}`;
      const changes = [{ slot: 'stage', before: review.stage, after: stage } as const];
      reviews.record(studyInstanceUid, { kind: 'edit', label, changes });
    }
    if (found || this.#files.size === 0) return;
    const there = known.size === 0 ? 'no file states one' : `there are ${[...known].join(', ')}`;
    throw new SystolaError('bad-request', `No study has a stage "${wanted}": ${there}.`);
  }

  async #analyse(): Promise<void> {
    const clips = this.#documents().flatMap(({ clips, review }) =>
      clips.filter((clip) => {
        const clipReview = review.clips[clip.sopInstanceUid];
        return clipReview !== undefined && untraceable(clip, clipReview) === null;
      }),
    );
    const frames = clips.reduce((sum, clip) => sum + this.#framesOf(clip), 0);
    const progress = new AnalysisProgress(this.#lines, clips.length, frames);
    for (const clip of clips) {
      this.#signal.throwIfAborted();
      progress.begin();
      await this.#analyseClip(clip, progress);
    }
  }

  async #analyseClip(clip: ClipFacts, progress: AnalysisProgress): Promise<void> {
    const { runs } = this.#services;
    const { sopInstanceUid, fileName } = clip;
    const { model, provider, frames } = this.#options;
    const framesTotal = this.#framesOf(clip);
    const cancel = (): void => void runs.cancel(sopInstanceUid);
    let watch: NodeJS.Timeout | undefined;
    try {
      this.#signal.addEventListener('abort', cancel, { once: true });
      await runs.start(sopInstanceUid, { model, provider, ...frames });
      watch = setInterval(() => progress.update(fileName, runs.state(sopInstanceUid)), 100);
      const state = await runs.ended(sopInstanceUid);
      this.#signal.throwIfAborted();
      if (state.state === 'finished') {
        const ms = state.msPerFrame?.toFixed(0) ?? '?';
        const outcome = `${state.framesDone} frames, ${ms} ms/frame on ${state.provider}`;
        progress.end(fileName, { ...state, outcome });
        return;
      }
      throw (
        runs.failure(sopInstanceUid) ??
        new SystolaError('internal', state.message ?? 'The analysis stopped because of a defect in Systola.')
      );
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof SystolaError)) throw error;
      const file = this.#fileOf(clip);
      this.#rejected.push({ file, code: error.code, reason: error.message });
      this.#failed.add(sopInstanceUid);
      progress.end(fileName, { framesDone: 0, framesTotal, outcome: `${error.message} (${error.code})` });
    } finally {
      clearInterval(watch);
      this.#signal.removeEventListener('abort', cancel);
    }
  }

  /** Puts the corrections of the command line in the place of the model's contours, and carries them on. */
  async #correct(): Promise<void> {
    const { correct, propagate } = this.#options;
    for (const problem of await applyCorrections(
      this.#services,
      this.#corrections,
      propagate,
      this.#signal,
    )) {
      this.#rejected.push({ file: correct ?? '', ...problem });
      this.#lines.write(`${correct}: ${problem.reason} (${problem.code})\n`);
    }
  }

  async #write(): Promise<void> {
    const { out, masks } = this.#options;
    const documents = this.#documents();
    await using staged = await StagedOutput.in(out);
    if (masks) for (const document of documents) await this.#writeMasks(document, staged);
    for (const document of documents) {
      this.#signal.throwIfAborted();
      const folders = documents.length === 1 ? [] : [document.studyInstanceUid];
      await this.#writeReport(document, staged, [...folders, 'report.pdf']);
    }
    await this.#export(
      documents.map(({ studyInstanceUid }) => studyInstanceUid),
      staged,
    );
    await writeAtomically(staged.path('analysis.json'), this.#analysis(documents));
    this.#signal.throwIfAborted();
    await staged.publish({ replace: true });
  }

  /** What `--export` names. */
  async #export(studies: readonly string[], staged: StagedOutput): Promise<void> {
    const { exports } = this.#options;
    if (exports.length === 0) return;
    const order = { studies, formats: chosenFormats(exports), destination: 'folder' } as const;
    const run = new ExportRun(this.#services, order, staged);
    for await (const step of run.make(this.#signal)) {
      if (step.kind !== 'refused') continue;
      const { code, message } = step.error;
      const file = step.error.file ?? this.#outName;
      const reason = step.format === null ? message : `${step.format}: ${message}`;
      this.#rejected.push({ file, code, reason });
      this.#lines.write(`${file}: ${reason} (${code})\n`);
    }
    await run.deliver();
  }

  async #writeReport(document: StudyDocument, staged: StagedOutput, names: string[]): Promise<void> {
    try {
      await writeAtomically(staged.path(...names), await exportStudy(this.#services, document, reportPdf));
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      const file = join(this.#outName, ...names);
      this.#rejected.push({ file, code: error.code, reason: error.message });
    }
  }

  async #writeMasks({ clips, review }: StudyDocument, staged: StagedOutput): Promise<void> {
    for (const { sopInstanceUid, rows, columns } of clips) {
      const clip = review.clips[sopInstanceUid];
      for (const structure of tracedStructures(clip)) {
        // The cavity was the only structure when its place was fixed.
        const folder = structure === leftVentricularCavity ? [] : [structure];
        for (const [frame, trace] of Object.entries(tracesOf(clip, structure))) {
          this.#signal.throwIfAborted();
          const data = rasterizeTrace(trace, rows, columns);
          const name = `${frame.padStart(4, '0')}.png`;
          const png = encodePng({ rows, columns, channels: 1, data });
          await writeAtomically(staged.path('masks', sopInstanceUid, ...folder, name), png);
        }
      }
    }
  }

  #analysis(documents: readonly StudyDocument[]): Uint8Array {
    const snapshots = documents.map((document) => exportSnapshot(this.#services, document));
    return writeAnalysis(snapshots, installation.version, {
      fileOf: (clip) => this.#files.get(clip.sopInstanceUid),
      failed: this.#failed,
      rejected: [
        ...this.#rejected,
        ...this.#passedOver.map((file) => ({ file, code: 'not-dicom', reason: 'It is not a DICOM file.' })),
      ],
    });
  }

  #documents(): (StudyDocument & { readonly studyInstanceUid: string })[] {
    const { library } = this.#services;
    return library
      .summaries()
      .reverse()
      .map(({ studyInstanceUid }) => ({ ...documentOf(library.study(studyInstanceUid)), studyInstanceUid }));
  }

  #outcome(): AnalyzeOutcome {
    const documents = this.#documents();
    const reviews = documents.flatMap(({ review }) => Object.values(review.clips));
    return {
      exitCode: this.#exitCode(),
      studyInstanceUids: documents.map(({ studyInstanceUid }) => studyUidOf(studyInstanceUid)),
      clips: this.#files.size,
      failedClips: this.#failed.size,
      contouredFrames: reviews.reduce(
        (sum, clip) => sum + Object.keys(tracesOf(clip, leftVentricularCavity)).length,
        0,
      ),
      model: modelOf(documents.map((document) => ({ document }))),
      rejected: this.#rejected,
    };
  }

  #exitCode(): number {
    if (this.#files.size === 0) return exitCodes.nothing;
    return this.#rejected.length === 0 ? exitCodes.done : exitCodes.partly;
  }

  #framesOf(clip: ClipFacts): number {
    const { from, to } = this.#options.frames ?? { from: 0, to: clip.frames - 1 };
    return Math.max(0, Math.min(to, clip.frames - 1) - from + 1);
  }

  #fileOf(clip: ClipFacts): string {
    return this.#files.get(clip.sopInstanceUid) ?? basename(clip.fileName);
  }
}

function onlyNotFound(error: unknown): void {
  if (error instanceof SystolaError && error.code !== 'model-not-found') return;
  throw error;
}
