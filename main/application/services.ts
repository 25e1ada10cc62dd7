import type { ModelInfo, Settings } from '../../core/api/requests.ts';
import { RunQueue } from '../analysis/run-queue.ts';
import { FrameDecoder } from '../dicom/frame-decoder.ts';
import { closeGuardedReader, readInstanceGuarded, warmUpGuardedReader } from '../dicom/guarded-reader.ts';
import { ImportService } from '../import/import-service.ts';
import { InferenceService } from '../inference/inference-service.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import { Library } from '../library/library.ts';
import { ModelRegistry } from '../models/registry.ts';
import { logDefect } from './defect-log.ts';
import { EventHub, type OutgoingEvent } from './event-hub.ts';
import { installation } from './installation.ts';

export interface ServiceOptions {
  /** Folder of the library; created when it is not there. */
  readonly libraryPath: string;
  /** Folders that hold model folders. */
  readonly modelFolders: readonly string[];
}

/** Everything the application is made of, built once and the same in every host. */
export interface Services {
  readonly library: Library;
  readonly imports: ImportService;
  readonly runs: RunQueue;
  readonly decoder: FrameDecoder;
  readonly models: ModelRegistry;
  readonly inference: InferenceService;
  readonly events: EventHub;
  /** Models with the one marked that runs use unless they name another. */
  listModels(): Promise<ModelInfo[]>;
  updateSettings(changes: Partial<Settings>): Settings;
  close(): Promise<void>;
}

/** @throws SystolaError when the library cannot be opened: `library-locked`, `unreadable`, `malformed` */
export async function createServices(options: ServiceOptions): Promise<Services> {
  const library = await Library.open(options.libraryPath);
  const user = library.user();
  const activity = {
    event: auditEvents.applicationActivity,
    action: 'E',
    outcome: auditOutcomes.success,
  } as const;
  const noPatient = { studyInstanceUid: null, patientId: null };
  library.record({
    ...activity,
    ...noPatient,
    user,
    detail: { started: true, version: installation.version },
  });

  const decoder = new FrameDecoder({ cacheMiB: library.settings().frameCacheMiB });
  // The first picture must not wait for threads and codecs to load; a failure shows when a frame is asked for.
  void warmUpGuardedReader().catch(() => undefined);
  void decoder.warmUp().catch(() => undefined);
  const models = new ModelRegistry([...options.modelFolders]);
  const inference = new InferenceService();
  const events = new EventHub(() => greeting());
  const runs = new RunQueue({
    library,
    decoder,
    inference,
    models,
    onState: (run) => events.send({ type: 'run', run }),
    onTrace: (sopInstanceUid, frame, trace) => events.send({ type: 'trace', sopInstanceUid, frame, trace }),
    onRevision: (revision) =>
      events.send({
        type: 'revision',
        studyInstanceUid: revision.studyInstanceUid,
        head: revision.id,
        revision,
      }),
    onDefect: logDefect,
  });
  const imports = new ImportService({
    library,
    readInstance: readInstanceGuarded,
    onState: (state) => events.send({ type: 'import', import: state }),
    onStudiesChanged: () => events.send({ type: 'studies-changed' }),
  });

  /** What a window that has just opened, or was cut off, has to know to catch up. */
  function greeting(): OutgoingEvent[] {
    const told: OutgoingEvent[] = [{ type: 'hello', version: installation.version }];
    for (const state of imports.running()) told.push({ type: 'import', import: state });
    for (const { state, traces } of runs.going()) {
      told.push({ type: 'run', run: state });
      const { sopInstanceUid } = state;
      for (const [frame, trace] of traces) told.push({ type: 'trace', sopInstanceUid, frame, trace });
    }
    return told;
  }

  async function listModels(): Promise<ModelInfo[]> {
    const wanted = library.settings().model;
    const listed = await models.list();
    if (wanted === null) return listed;
    return listed.map((model) => ({ ...model, active: model.name === wanted && model.problem === null }));
  }

  function updateSettings(changes: Partial<Settings>): Settings {
    const before = library.settings();
    const settings = library.updateSettings(changes);
    if (settings.frameCacheMiB !== before.frameCacheMiB) decoder.setCacheMiB(settings.frameCacheMiB);
    return settings;
  }

  let closed: Promise<void> | null = null;
  async function closeAll(): Promise<void> {
    await Promise.all([imports.close(), runs.close()]);
    events.close();
    await Promise.all([inference.close(), decoder.close(), closeGuardedReader()]);
    library.record({
      ...activity,
      ...noPatient,
      user,
      detail: { started: false, version: installation.version },
    });
    library.close();
  }
  const close = (): Promise<void> => (closed ??= closeAll());

  return { library, imports, runs, decoder, models, inference, events, listModels, updateSettings, close };
}
