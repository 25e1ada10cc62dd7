import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isGoing } from '../../core/api/events.ts';
import { priorComparison } from '../../core/conclusion/prior-comparison.ts';
import { signedTexts } from '../../core/conclusion/report-texts.ts';
import { acceptedSettings, type SettingsChange } from '../../core/settings/settings-change.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
import { PropagationService } from '../analysis/propagation-service.ts';
import { RunQueue } from '../analysis/run-queue.ts';
import { ViewRecogniser } from '../analysis/view-recogniser.ts';
import { settleAll } from '../concurrency/settle-all.ts';
import { decodingThreads, FrameDecoder } from '../dicom/frame-decoder.ts';
import {
  closeGuardedReader,
  readObjectGuarded,
  readStoredContours,
  readStoredInstance,
  readStoredObject,
  readStoredReport,
  warmUpGuardedReader,
} from '../dicom/guarded-reader.ts';
import type { WorkerPool } from '../dicom/worker-pool.ts';
import { ImportService } from '../import/import-service.ts';
import { InferenceService, type InferenceOptions } from '../inference/inference-service.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import { LanguageShelf } from '../language/language-shelf.ts';
import { Library } from '../library/library.ts';
import { AcceleratorSearch } from '../models/accelerator-search.ts';
import { ModelAdditions } from '../models/model-additions.ts';
import { sweepHiddenFolders } from '../models/hidden-folders.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { ModelShelf } from '../models/model-shelf.ts';
import { RecogniserShelf } from '../models/recogniser-shelf.ts';
import { ModelRegistry } from '../models/registry.ts';
import { ReportShelf } from '../report/report-shelf.ts';
import { ContourReadings } from './contour-readings.ts';
import { logDefect } from './defect-log.ts';
import { ClipMasks } from './clip-masks.ts';
import { FactsRenewal } from './facts-renewal.ts';
import { EventHub, type OutgoingEvent } from './event-hub.ts';
import { installation } from './installation.ts';
import { ReviewService } from '../review/review-service.ts';
import { addOwnStructures } from './own-structures.ts';
import { PatientStudies } from './patient-studies.ts';
import { LibraryWatch } from './library-watch.ts';
import { nodeLabel } from '../network/connect.ts';
import { Receiver } from './receiver.ts';
import { BackupJobs } from './backup-jobs.ts';
import { Removals } from './removals.ts';
import { Sending } from './sending.ts';
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

/** What computes whatever library it is for: processes and threads, and what is known of this machine. */
export interface Computing {
  readonly inference: InferenceService;
  readonly accelerators: AcceleratorSearch;
  readonly decoding: WorkerPool;
  close(): Promise<void>;
}

export function createComputing(options: InferenceOptions = {}): Computing {
  const inference = new InferenceService(options);
  const decoding = decodingThreads();
  return {
    inference,
    accelerators: new AcceleratorSearch(inference),
    decoding,
    close: () => settleAll([inference.close(), decoding.close(), closeGuardedReader()]),
  };
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
  const user = library.user();
  const activity = {
    event: auditEvents.applicationActivity,
    action: 'E',
    outcome: auditOutcomes.success,
  } as const;
  const noPatient = { studyInstanceUid: null, patientId: null };
  /** Starting and stopping are recorded; a disk without room for that is no reason to do neither. */
  function recordActivity(detail: Record<string, unknown>): void {
    try {
      library.record({ ...activity, ...noPatient, user, detail });
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
    }
  }
  recordActivity({ started: true, version: installation.version });

  const reportShelf = new ReportShelf(options.libraryPath);
  const othersOf: OthersOf = (studyInstanceUid) => patients.earlierOf(studyInstanceUid);
  const languages = new LanguageShelf(options.libraryPath, () => library.settings().language);
  const computing = options.computing ?? createComputing();
  const { inference, accelerators, decoding: pool } = computing;
  const decoder = new FrameDecoder({ cacheMiB: library.settings().frameCacheMiB, pool });
  // The first picture must not wait for threads and codecs to load; a failure shows when a frame is asked for.
  void warmUpGuardedReader().catch(() => undefined);
  void decoder.warmUp().catch(() => undefined);
  const addedModelsFolder = options.addedModelsFolder ?? join(options.libraryPath, 'models');
  // Nobody uses what an ended process left; while the database is damaged everything stays as it is.
  if (library.condition !== 'damaged') await sweepHiddenFolders(addedModelsFolder);
  const models = new ModelRegistry([...options.modelFolders], addedModelsFolder);
  const events = new EventHub(() => greeting());
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
  const onModelsChanged = (): void => {
    events.send({ type: 'models-changed' });
    worklist.noteModels();
  };
  const modelShelf: ModelShelf = new ModelShelf({
    registry: models,
    accelerators,
    settings: () => library.settings(),
    choose: (name, model) => {
      recordModel('U', model, { chosen: name });
      return library.updateSettings({ model: name });
    },
    isRunning: (name) => runs.states().some((run) => run.model === name && isGoing(run)),
    onRemoved: ({ manifest, folder }) =>
      recordModel('D', manifest === null ? null : { manifest }, { removed: basename(folder) }),
    onChange: onModelsChanged,
  });
  const modelAdditions = new ModelAdditions({
    folder: addedModelsFolder,
    list: () => modelShelf.list(true),
    alone: (signal, change) => modelShelf.alone(signal, change),
    onAdded: (model) => {
      recordModel('C', model, {});
      onModelsChanged();
    },
  });
  const reviews = new ReviewService({
    library,
    software: installation.version,
    textsOf: (study, review, measured) => {
      const settings = library.settings();
      const prior = priorComparison(
        { ...study, review },
        measured,
        settings,
        othersOf(study.facts.studyInstanceUid),
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

  /** What a window that has just opened, or was cut off, has to know to catch up. */
  function greeting(): OutgoingEvent[] {
    const told: OutgoingEvent[] = [
      { type: 'hello', version: installation.version },
      { type: 'library', library: watch.state },
    ];
    told.push({ type: 'receiver', receiver: receiver.state });
    told.push({ type: 'background', background: worklist.background.state });
    told.push({ type: 'removals', removals: removals.state() });
    told.push({ type: 'backup', backup: backups.state });
    for (const send of sending.going()) told.push({ type: 'send', send });
    for (const state of imports.running()) told.push({ type: 'import', import: state });
    for (const state of exports.running()) told.push({ type: 'export', export: state });
    for (const { state, traces } of runs.going()) {
      told.push({ type: 'run', run: state });
      const { sopInstanceUid } = state;
      for (const [structure, found] of traces) {
        for (const [frame, trace] of found)
          told.push({ type: 'trace', sopInstanceUid, structure, frame, trace });
      }
    }
    return told;
  }

  /** Which model contours come from is part of a study's provenance, so changes of it are in the audit log. */
  function recordModel(
    action: 'C' | 'U' | 'D',
    model: Pick<LoadedModel, 'manifest'> | null,
    detail: Record<string, unknown>,
  ): void {
    const { name = null, version = null, graph } = model?.manifest ?? {};
    const about = { model: name, version, sha256: graph?.sha256 ?? null, ...detail };
    library.record({ ...activity, ...noPatient, action, user: library.user(), detail: about });
  }

  /** Who may be sent to, and what listens, is in the audit log before it is so. */
  function recordNetwork(before: Settings, { nodes, receiver: listening }: Settings): void {
    const about = { ...activity, ...noPatient, action: 'U', user: library.user() } as const;
    if (!isDeepStrictEqual(nodes, before.nodes)) {
      const detail = nodes.map(({ name, ...node }) => ({
        name,
        node: nodeLabel(node),
        isSecured: node.tls !== null,
      }));
      library.record({ ...about, detail: { nodes: detail } });
    }
    if (!isDeepStrictEqual(listening, before.receiver)) {
      const { isOn, address, port, aeTitle, tls } = listening;
      library.record({
        ...about,
        detail: { receiver: { isOn, address, port, aeTitle, isSecured: tls !== null } },
      });
    }
  }

  function updateSettings(change: SettingsChange): Settings {
    const before = library.settings();
    recordNetwork(before, acceptedSettings(before, change));
    const settings = library.updateSettings(change);
    if (!isDeepStrictEqual(settings.receiver, before.receiver))
      void receiver.apply(settings.receiver).catch(logDefect);
    if (settings.frameCacheMiB !== before.frameCacheMiB) decoder.setCacheMiB(settings.frameCacheMiB);
    worklist.noteSettings(before, settings);
    events.send({ type: 'settings', settings });
    return settings;
  }

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
        recordActivity({ started: false, version: installation.version });
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
    updateSettings,
    close,
  };
}
