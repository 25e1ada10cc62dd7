import { join } from 'node:path';
import { isGoing } from '../../core/api/events.ts';
import { priorComparison } from '../../core/conclusion/prior-comparison.ts';
import { wantedPrior } from '../../core/prior/held-against.ts';
import { signedTexts } from '../../core/conclusion/report-texts.ts';
import type { SettingsChange } from '../../core/settings/settings-change.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { PropagationService } from '../analysis/propagation-service.ts';
import { RunQueue } from '../analysis/run-queue.ts';
import { ViewRecogniser } from '../analysis/view-recogniser.ts';
import { settleAll } from '../concurrency/settle-all.ts';
import { FrameDecoder } from '../dicom/frame-decoder.ts';
import {
  readObjectGuarded,
  readStoredContours,
  readStoredInstance,
  readStoredObject,
  readStoredReport,
  warmUpGuardedReader,
} from '../dicom/guarded-reader.ts';
import { ImportService } from '../import/import-service.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import { LanguageShelf } from '../language/language-shelf.ts';
import { Library } from '../library/library.ts';
import type { ModelAdditions } from '../models/model-additions.ts';
import type { ModelShelf } from '../models/model-shelf.ts';
import { RecogniserShelf } from '../models/recogniser-shelf.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { ReportShelf } from '../report/report-shelf.ts';
import { ApplicationAudit } from './application-audit.ts';
import { createComputing, type Computing } from './computing.ts';
import { ContourReadings } from './contour-readings.ts';
import { logDefect } from './defect-log.ts';
import { ClipMasks } from './clip-masks.ts';
import { FactsRenewal } from './facts-renewal.ts';
import { EventHub } from './event-hub.ts';
import { greeting } from './greeting.ts';
import { installation } from './installation.ts';
import { ReviewService } from '../review/review-service.ts';
import { createModelServices } from './model-services.ts';
import { addOwnStructures } from './own-structures.ts';
import { PatientStudies } from './patient-studies.ts';
import { LibraryWatch } from './library-watch.ts';
import { Receiver } from './receiver.ts';
import { BackupJobs } from './backup-jobs.ts';
import { Removals } from './removals.ts';
import { Sending } from './sending.ts';
import { updateSettings } from './settings-update.ts';
import type { OthersOf } from './export-snapshot.ts';
import { ExportJobs } from './export-jobs.ts';
import { StudyDocuments } from './study-documents.ts';
import { WorklistWatch } from './worklist-watch.ts';

export interface ServiceOptions {
  /** Folder of the library; created when it is not there. */
  readonly libraryPath: string;
  /** Folders that hold model folders. */
  readonly modelFolders: readonly string[];
  /** Folders that hold folders of recognisers of views; none unless told, and then no view is recognised. */
  readonly recogniserFolders?: readonly string[];
  /** Folder of the models that the user adds; in the library unless told. */
  readonly addedModelsFolder?: string;
  /** What computes, for several libraries one after the other; whoever made it closes it. One of its own unless told. */
  readonly computing?: Computing;
}

/** Everything the application is made of, built once and the same in every host. */
export interface Services {
  readonly library: Library;
  readonly languages: LanguageShelf;
  readonly reportShelf: ReportShelf;
  readonly othersOf: OthersOf;
  readonly imports: ImportService;
  readonly runs: RunQueue;
  readonly views: ViewRecogniser;
  readonly propagations: PropagationService;
  readonly decoder: FrameDecoder;
  readonly models: ModelRegistry;
  readonly recognisers: RecogniserShelf;
  readonly modelShelf: ModelShelf;
  readonly modelAdditions: ModelAdditions;
  readonly inference: InferenceService;
  readonly events: EventHub;
  readonly factsRenewal: FactsRenewal;
  readonly reviews: ReviewService;
  readonly documents: StudyDocuments;
  readonly patients: PatientStudies;
  readonly masks: ClipMasks;
  readonly readings: ContourReadings;
  readonly watch: LibraryWatch;
  readonly sending: Sending;
  readonly receiver: Receiver;
  readonly exports: ExportJobs;
  readonly worklist: WorklistWatch;
  readonly removals: Removals;
  readonly backups: BackupJobs;
  updateSettings(change: SettingsChange): Settings;
  close(): Promise<void>;
}

/** @throws SystolaError when the library cannot be opened: `library-locked`, `unreadable`, `malformed` */
export async function createServices(options: ServiceOptions): Promise<Services> {
  addOwnStructures(options.libraryPath);
  const library = await Library.open(options.libraryPath);
  library.revisions.onDefect = logDefect;
  const audit = new ApplicationAudit(library);
  audit.recordActivity(true);

  const reportShelf = new ReportShelf(options.libraryPath);
  const othersOf: OthersOf = (studyInstanceUid, wanted) => patients.comparedWith(studyInstanceUid, wanted);
  const languages = new LanguageShelf(options.libraryPath, () => library.settings().language);
  const computing = options.computing ?? createComputing();
  const { inference, accelerators, decoding: pool } = computing;
  const decoder = new FrameDecoder({ cacheMiB: library.settings().frameCacheMiB, pool });
  // The first picture must not wait for threads and codecs to load; a failure shows when a frame is asked for.
  void warmUpGuardedReader().catch(() => undefined);
  void decoder.warmUp().catch(() => undefined);
  const events = new EventHub(() =>
    greeting({ watch, receiver, worklist, removals, backups, sending, imports, exports, runs }),
  );
  const { models, modelShelf, modelAdditions } = await createModelServices({
    ...{ library, audit, accelerators },
    folders: options.modelFolders,
    addedFolder: options.addedModelsFolder ?? join(options.libraryPath, 'models'),
    isRunning: (name) => runs.states().some((run) => run.model === name && isGoing(run)),
    onChange: () => {
      events.send({ type: 'models-changed' });
      worklist.noteModels();
    },
  });
  function onStudiesChanged(): void {
    events.send({ type: 'studies-changed' });
    worklist.noteStudies();
  }
  const watch = new LibraryWatch({
    library,
    readInstance: readStoredObject,
    onState: (state) => events.send({ type: 'library', library: state }),
    onStudiesChanged,
    onDefect: logDefect,
  });
  watch.start();
  const reviews = new ReviewService({
    library,
    software: installation.version,
    textsOf: (study, review, measured) => {
      const settings = library.settings();
      const prior = priorComparison(
        { ...study, review },
        measured,
        settings,
        othersOf(study.facts.studyInstanceUid, wantedPrior(review)),
      );
      const words = languages.spoken(settings.reportLanguage ?? settings.language);
      return signedTexts({ facts: study.facts, review, measured, prior }, words);
    },
    onRevision: (revision) => {
      const { studyInstanceUid, id: head } = revision;
      events.send({ type: 'revision', studyInstanceUid, head, revision });
      worklist.noteRevision(studyInstanceUid);
    },
  });
  const propagations = new PropagationService({ library, reviews, decoder, inference, models: modelShelf });
  const recognisers = new RecogniserShelf(options.recogniserFolders ?? []);
  const views = new ViewRecogniser({
    library,
    reviews,
    decoder,
    inference,
    recognisers,
    onProblem: ({ message }) => process.stderr.write(`${message}\n`),
  });
  const runs: RunQueue = new RunQueue({
    library,
    reviews,
    propagations,
    views,
    decoder,
    inference,
    models: modelShelf,
    onState: (run, studyInstanceUid) => {
      events.send({ type: 'run', run });
      worklist.noteRun(run, studyInstanceUid);
    },
    onTrace: (place, trace) => events.send({ type: 'trace', ...place, trace }),
    onDefect: logDefect,
  });
  const factsRenewal = new FactsRenewal({
    library,
    readStored: readStoredInstance,
    readReport: readStoredReport,
    onDefect: logDefect,
  });
  const readings = new ContourReadings({
    library,
    reviews,
    readContours: readStoredContours,
    isRunning: (study) => runs.states(study).some(isGoing),
  });
  const documents = new StudyDocuments({
    ...{ library, runs, factsRenewal, readings },
    onOpened: (study) => worklist.noteOpened(study),
  });
  const worklist: WorklistWatch = new WorklistWatch({
    ...{ library, runs },
    prepare: (study) => documents.prepare(study),
    hasModel: async () => (await modelShelf.list()).some(({ active, problem }) => active && problem === null),
    onStudy: (study) => events.send({ type: 'study', study }),
    onStudiesChanged: () => events.send({ type: 'studies-changed' }),
    onBackground: (background) => events.send({ type: 'background', background }),
    onDefect: logDefect,
  });
  const patients = new PatientStudies({ library, documents });
  const masks = new ClipMasks({ library, decoder });
  const imports = new ImportService({
    library,
    readInstance: readObjectGuarded,
    onState: (state) => events.send({ type: 'import', import: state }),
    onStudiesChanged,
    onDefect: logDefect,
  });

  const removals = new Removals({
    library,
    runs,
    onChange: (pending) => {
      events.send({ type: 'removals', removals: [...pending] });
      onStudiesChanged();
    },
    onDefect: logDefect,
  });
  removals.start();
  const backups = new BackupJobs({
    library,
    onState: (state) => events.send({ type: 'backup', backup: state }),
    onDefect: logDefect,
  });

  const exports = new ExportJobs({
    ...{ library, decoder, languages, documents, masks, reportShelf, othersOf },
    onState: (state) => events.send({ type: 'export', export: state }),
    onDefect: logDefect,
  });
  const sending = new Sending(
    { library, decoder, languages, documents, masks, reportShelf, othersOf },
    { onState: (send) => events.send({ type: 'send', send }), onDefect: logDefect },
  );
  const receiver = new Receiver({
    library,
    imports,
    onState: (state) => events.send({ type: 'receiver', receiver: state }),
    onDefect: logDefect,
  });

  let closed: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    // One that cannot be closed keeps none of the others from it, and the library is the last.
    try {
      // Who sends is told before what takes it closes.
      await settleAll([receiver.close(), sending.close()]);
      await worklist.close();
      await settleAll([
        imports.close(),
        exports.close(),
        runs.close(),
        modelAdditions.close(),
        watch.close(),
        removals.close(),
        backups.close(),
      ]);
    } finally {
      events.close();
      try {
        const own = options.computing === undefined ? [computing.close()] : [];
        await settleAll([modelShelf.close(), decoder.close(), ...own]);
        audit.recordActivity(false);
      } finally {
        library.close();
      }
    }
  }
  const close = (): Promise<void> => (closed ??= closeAll());

  return {
    library,
    languages,
    reportShelf,
    othersOf,
    imports,
    runs,
    views,
    propagations,
    decoder,
    models,
    recognisers,
    modelShelf,
    modelAdditions,
    inference,
    events,
    factsRenewal,
    reviews,
    documents,
    patients,
    masks,
    readings,
    watch,
    sending,
    receiver,
    exports,
    worklist,
    removals,
    backups,
    updateSettings: (change) =>
      updateSettings({ library, audit, receiver, decoder, worklist, events }, change),
    close,
  };
}
