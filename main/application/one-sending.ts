import { mostObjectsListed, type SendState, type SentObject } from '../../core/api/network.ts';
import { SystolaError } from '../../core/error.ts';
import type { ChosenFormat } from '../export/exporters.ts';
import type { StagedOutput } from '../files/staged-output.ts';
import { nodeLabel, type NodeAddress } from '../network/connect.ts';
import { fileToSend, type FileToSend, type PreparedObject } from '../network/file-to-send.ts';
import type { NetworkLimits } from '../network/network-limits.ts';
import { store } from '../network/store.ts';
import { Deidentification, type DeidentificationOptions } from './deidentification.ts';
import type { ExportJobServices } from './export-job.ts';
import { ExportRun } from './export-run.ts';
import { stagedOutgoing } from './outgoing.ts';
import { SendRecords } from './send-records.ts';

/** Shortest time between two reports of one sending, ms. */
const reportIntervalMs = 150;

/** By which preset a study is sent without its patient, and what somebody wants of single attributes. */
export type SentWithoutPatient = Pick<DeidentificationOptions, 'preset' | 'choices'>;

export interface OneSendingOptions {
  readonly sendId: string;
  readonly services: ExportJobServices;
  readonly node: NodeAddress;
  /** Studies that objects are made of. */
  readonly studies: readonly string[];
  readonly chosen: readonly ChosenFormat[];
  /** How the patient is taken out of what is made; null: not at all. */
  readonly deidentified: SentWithoutPatient | null;
  /** Files that are sent as they are. */
  readonly files: readonly FileToSend[];
  /** Also what this node has stored before, by the audit log. */
  readonly again: boolean;
  readonly limits: NetworkLimits;
  onState(state: SendState): void;
}

/** A DICOMDIR lists files; it is none that a node stores. */
const directoryClass = '1.2.840.10008.1.3.10';

/** One sending, from what is wanted to what became of each object. */
export class OneSending {
  readonly #options: OneSendingOptions;
  readonly #records: SendRecords;
  readonly #abort = new AbortController();
  /** Ends what is being made: of nothing that is not sent yet anybody has to know the end. */
  readonly #preparing = new AbortController();
  readonly #objects: SentObject[] = [];
  readonly #ready: PreparedObject[] = [];
  /** Instances that are ready or there already: of several formats one may hold another's. */
  readonly #seen = new Set<string>();
  #state: SendState['state'] = 'preparing';
  #stopped = false;
  #message: string | null = null;
  #deletedLeftOut = 0;
  #current: string | null = null;
  #bytesTotal = 0;
  /** Of the objects before, and of the one on its way. */
  #bytesBefore = 0;
  #bytesNow = 0;
  #toPrepare = 0;
  #sent = 0;
  #lastReportMs = 0;

  constructor(options: OneSendingOptions) {
    this.#options = options;
    this.#records = new SendRecords(options.services.library, options.node);
  }

  state(): SendState {
    const { sendId, node } = this.#options;
    const counts: SendState['counts'] = {
      ...{ stored: 0, warning: 0, 'already-there': 0, refused: 0, failed: 0, unknown: 0, 'not-sent': 0 },
    };
    for (const { state } of this.#objects) counts[state] += 1;
    const told = this.#objects.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostObjectsListed);
    return {
      sendId,
      node: nodeLabel(node),
      state: this.#state,
      objectsDone: this.#objects.length,
      objectsTotal: Math.max(this.#toPrepare, this.#objects.length + this.#ready.length - this.#sent),
      prepared: this.#objects.length + this.#ready.length - this.#sent,
      bytesSent: this.#bytesBefore + this.#bytesNow,
      bytesTotal: this.#bytesTotal,
      current: this.#current,
      counts,
      objects: this.#state === 'preparing' || this.#state === 'sending' ? [] : told,
      deletedLeftOut: this.#deletedLeftOut,
      message: this.#message,
    };
  }

  stop(): void {
    this.#stopped = true;
    this.#preparing.abort(new SystolaError('cancelled', stoppedWords));
  }

  abort(): void {
    this.#stopped = true;
    const closing = new SystolaError('cancelled', 'Systola is closing.');
    this.#abort.abort(closing);
    this.#preparing.abort(closing);
  }

  /** Rejects with a defect only: what else went wrong is in the state. */
  async run(): Promise<void> {
    try {
      const { files } = this.#options;
      this.#toPrepare = files.length;
      for (const file of files) await this.#prepare(file.name, () => fileToSend(file));
      await this.#sendWithMade();
      this.#state = this.#stopped ? 'cancelled' : 'finished';
    } catch (error) {
      this.#state = this.#stopped ? 'cancelled' : 'failed';
      this.#message =
        error instanceof SystolaError ? error.message : 'Sending stopped because of a defect in Systola.';
      if (!(error instanceof SystolaError)) throw error;
    } finally {
      this.#current = null;
      this.#report(true);
    }
  }

  /** Makes objects of the studies, where some are wanted, and sends everything. */
  async #sendWithMade(): Promise<void> {
    const { services, studies, chosen, deidentified } = this.#options;
    if (chosen.length === 0) return this.#send();
    await using staged = await stagedOutgoing(services.library);
    await using without = deidentified === null ? null : await this.#withoutPatient(deidentified);
    const order = { studies, formats: chosen, destination: 'node' } as const;
    const taken =
      deidentified === null || without === null
        ? {}
        : { deidentified: deidentified.preset, prepare: without.snapshot.bind(without) };
    const run = new ExportRun(services, { ...order, ...taken }, staged);
    const made = await this.#make(run, staged);
    try {
      await run.deliver(async () => {
        await this.#send(() => run.deletedMeanwhile() !== null);
        if (!made.some((uid) => this.#left(uid))) throw nothingLeft();
      });
    } catch (error) {
      // What became of every object is told already.
      if (!(error instanceof SystolaError && error.message === nothingLeft().message)) throw error;
    }
  }

  /** What clips are cleaned by; each is one to get ready. */
  #withoutPatient(deidentified: SentWithoutPatient): Promise<Deidentification> {
    const { services, studies, chosen } = this.#options;
    const { library, masks } = services;
    const clips = studies.reduce((sum, study) => sum + library.study(study).clips.length, 0);
    this.#toPrepare = clips + chosen.length;
    const onClip = (fileName: string): void => {
      this.#current = fileName;
      this.#report();
    };
    const { signal } = this.#preparing;
    return Deidentification.of({ library, masks, ...deidentified, signal, onClip });
  }

  /** Returns the SOP Instance UIDs of what was made. */
  async #make(run: ExportRun, staged: StagedOutput): Promise<string[]> {
    const made: string[] = [];
    try {
      await this.#makeInto(made, run, staged);
    } catch (error) {
      // What is ready is told as not sent.
      if (!this.#stopped) throw error;
    }
    this.#toPrepare = 0;
    return made;
  }

  async #makeInto(made: string[], run: ExportRun, staged: StagedOutput): Promise<void> {
    for await (const step of run.make(this.#preparing.signal)) {
      if (step.kind === 'left-out') this.#deletedLeftOut += step.instances;
      else if (step.kind === 'refused') {
        const { error, format } = step;
        const name = [format, error.file].filter((part) => part !== null).join(': ');
        this.#note({ name, sopInstanceUid: '', state: 'failed', status: null, message: error.message });
      } else {
        const path = staged.path(...step.path.split('/'));
        const object = await this.#prepare(step.path, () => fileToSend({ path, name: step.path }));
        if (object !== null) made.push(object.sopInstanceUid);
      }
      if (this.#stopped) break;
    }
  }

  async #prepare(name: string, prepare: () => Promise<PreparedObject>): Promise<PreparedObject | null> {
    if (this.#stopped) {
      this.#note({ name, sopInstanceUid: '', state: 'not-sent', status: null, message: stoppedWords });
      return null;
    }
    this.#current = name;
    this.#report();
    try {
      const object = await prepare();
      if (object.sopClassUid === directoryClass || this.#seen.has(object.sopInstanceUid)) return null;
      this.#seen.add(object.sopInstanceUid);
      if (!this.#options.again && this.#records.isStored(object)) this.#note(alreadyThere(object));
      else {
        this.#ready.push(object);
        this.#bytesTotal += object.bytes - object.dataSetOffset;
      }
      return object;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      this.#note({ name, sopInstanceUid: '', state: 'failed', status: null, message: error.message });
      return null;
    }
  }

  /** @param isDeleted whether something of what is sent was deleted since */
  async #send(isDeleted: () => boolean = () => false): Promise<void> {
    const { node, limits } = this.#options;
    const ready = this.#ready;
    if (ready.length === 0 || this.#stopped) {
      for (const { name, sopInstanceUid } of ready) {
        this.#note({ name, sopInstanceUid, state: 'not-sent', status: null, message: stoppedWords });
      }
      return;
    }
    this.#state = 'sending';
    // Before anything leaves: without a place in the audit log nothing does.
    this.#records.begin(ready);
    const outcomes = store(node, ready, {
      limits,
      signal: this.#abort.signal,
      shouldStop: () => {
        if (isDeleted()) {
          this.#message ??= deletedWords;
          this.#stopped = true;
        }
        return this.#stopped;
      },
      onBegin: ({ name }) => {
        this.#current = name;
        this.#report();
      },
      onProgress: (_, bytes) => {
        this.#bytesNow = bytes;
        this.#report();
      },
    });
    for await (const { object, state, status, error } of outcomes) {
      this.#bytesBefore += this.#bytesNow;
      this.#bytesNow = 0;
      this.#sent += 1;
      const message = error?.message ?? null;
      this.#note({ name: object.name, sopInstanceUid: object.sopInstanceUid, state, status, message });
      if (state !== 'not-sent') this.#records.end(object, state, status);
      else this.#message ??= message;
      this.#report();
    }
  }

  /** Whether an object left, as far as is known. */
  #left(uid: string): boolean {
    const found = this.#objects.find(({ sopInstanceUid }) => sopInstanceUid === uid);
    return found !== undefined && ['stored', 'warning', 'unknown', 'already-there'].includes(found.state);
  }

  #note(object: SentObject): void {
    this.#objects.push(object);
  }

  #report(isLast = false): void {
    const now = performance.now();
    if (!isLast && now - this.#lastReportMs < reportIntervalMs) return;
    this.#lastReportMs = now;
    this.#options.onState(this.state());
  }
}

const nothingLeft = (): SystolaError =>
  new SystolaError('node-refused', 'The node stored none of the objects that were made for it.');

const deletedWords =
  'Something of a study was deleted while it was sent. The rest was not sent; what the node has stored it keeps.';

const stoppedWords = 'It was stopped before this was sent.';

const alreadyThere = ({ name, sopInstanceUid }: PreparedObject): SentObject => ({
  name,
  sopInstanceUid,
  state: 'already-there',
  status: null,
  message: 'This node has stored it before, as the audit log says; it was not sent again.',
});

/** What somebody has to look at comes first. */
const rank = ({ state }: SentObject): number =>
  ['failed', 'unknown', 'refused', 'not-sent', 'warning', 'already-there', 'stored'].indexOf(state);
