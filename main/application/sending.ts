import { randomUUID } from 'node:crypto';
import {
  mostObjectsListed,
  type SendRequest,
  type SendState,
  type SentObject,
} from '../../core/api/network.ts';
import { SystolaError } from '../../core/error.ts';
import { exportFileName } from '../../core/export/export-file-name.ts';
import type { DicomNode } from '../../core/network/dicom-node.ts';
import { settleAll } from '../concurrency/settle-all.ts';
import { exporterOf } from '../export/exporters.ts';
import type { Library } from '../library/library.ts';
import { nodeLabel, type NodeAddress } from '../network/connect.ts';
import { bytesToSend, fileToSend, type PreparedObject } from '../network/file-to-send.ts';
import { defaultNetworkLimits, type NetworkLimits } from '../network/network-limits.ts';
import { store } from '../network/store.ts';
import { SendRecords } from './send-records.ts';
import type { Services } from './services.ts';
import { exportStudy } from './study-export.ts';

/** Shortest time between two reports of one sending, ms. */
const reportIntervalMs = 150;
/** Ended sendings whose result can still be asked for. */
const keptSends = 20;

/** Something to send that has to be looked into first: a file, or an object that is made. */
export type Prepare = () => Promise<PreparedObject>;

/** What is called by what name, until it is ready. */
export interface Wanted {
  readonly name: string;
  readonly prepare: Prepare;
}

/** What of which studies. */
export interface StudiesToSend {
  readonly studies: readonly string[];
  /** The clips as they were imported. */
  readonly originals: boolean;
  /** Ids of export formats that are DICOM objects. */
  readonly formats: readonly string[];
}

export interface SendOptions {
  readonly node: NodeAddress;
  readonly wanted: readonly Wanted[];
  /** Also what this node has stored before, by the audit log. */
  readonly again: boolean;
  onState?(state: SendState): void;
}

type ExportServices = Pick<Services, 'library' | 'decoder' | 'languages' | 'documents'>;

export interface SendingOptions {
  readonly limits?: Partial<NetworkLimits>;
  onState(state: SendState): void;
  onDefect(error: unknown): void;
}

interface Tracked {
  readonly send: OneSending;
  readonly ended: Promise<void>;
}

/** Sends studies to nodes that the user configured, and keeps what became of every object. */
export class Sending {
  readonly #services: ExportServices;
  readonly #options: SendingOptions;
  readonly #limits: NetworkLimits;
  readonly #sends = new Map<string, Tracked>();
  #isClosed = false;

  constructor(services: ExportServices, options: SendingOptions) {
    this.#services = services;
    this.#options = options;
    this.#limits = { ...defaultNetworkLimits, ...options.limits };
  }

  /**
   * Begins to send what a window asks for.
   *
   * @throws SystolaError `not-found` where no node has that name, or there is no such format; `bad-request` for a format
   *   that is no DICOM object
   */
  start(request: SendRequest): SendState {
    const node = this.#services.library.settings().nodes.find(({ name }) => name === request.node);
    if (node === undefined) {
      throw new SystolaError('not-found', 'There is no such node in the settings.', request.node);
    }
    const wanted = this.ofStudies(request);
    return this.begin({ node: addressOf(node), wanted, again: request.again });
  }

  /** Begins to send things that are prepared one by one. */
  begin({ node, wanted, again, onState }: SendOptions): SendState {
    if (this.#isClosed) throw new SystolaError('cancelled', 'Systola is closing.');
    const sendId = randomUUID();
    const send = new OneSending({
      sendId,
      node,
      wanted,
      again,
      library: this.#services.library,
      limits: this.#limits,
      onState: (state) => {
        this.#options.onState(state);
        onState?.(state);
      },
    });
    const ended = send.run().catch(this.#options.onDefect);
    this.#sends.set(sendId, { send, ended });
    this.#forgetOldest();
    return send.state();
  }

  state(sendId: string): SendState {
    return this.#find(sendId).send.state();
  }

  /** Sendings that go on. */
  going(): SendState[] {
    return [...this.#sends.values()].map(({ send }) => send.state()).filter(isGoing);
  }

  /** Stops before the next object: what is on its way is finished, so that its end is known. */
  cancel(sendId: string): SendState {
    const { send } = this.#find(sendId);
    send.stop();
    return send.state();
  }

  /** Resolves with the final state. */
  async ended(sendId: string): Promise<SendState> {
    const { send, ended } = this.#find(sendId);
    await ended;
    return send.state();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { send } of this.#sends.values()) send.abort();
    await settleAll([...this.#sends.values()].map(({ ended }) => ended));
  }

  /**
   * What there is of studies: their clips as they were imported, and objects made of them.
   *
   * @throws SystolaError as {@link start}, and `not-found` for a study
   */
  ofStudies({ studies, originals, formats }: StudiesToSend): Wanted[] {
    const exporters = formats.map(exporterOf);
    const strange = exporters.find(({ extension }) => extension !== 'dcm');
    if (strange !== undefined) {
      throw new SystolaError(
        'bad-request',
        `"${strange.id}" is no DICOM object, and nodes take nothing else.`,
      );
    }
    const { library, documents } = this.#services;
    return studies.flatMap((study): Wanted[] => {
      const { clips, facts } = library.study(study);
      const files = originals
        ? clips.map(({ sopInstanceUid, fileName }): Wanted => ({
            name: fileName,
            prepare: () => {
              const { path, sha256 } = library.clip(sopInstanceUid);
              return fileToSend({ path, name: fileName, sha256 });
            },
          }))
        : [];
      const made = exporters.map((exporter): Wanted => {
        const name = exportFileName(facts, exporter);
        const prepare = async (): Promise<PreparedObject> => {
          const document = await documents.open(study);
          return bytesToSend(await exportStudy(this.#services, document, exporter), name);
        };
        return { name, prepare };
      });
      return [...files, ...made];
    });
  }

  #find(sendId: string): Tracked {
    const found = this.#sends.get(sendId);
    if (found === undefined) throw new SystolaError('not-found', 'There is no such sending.', sendId);
    return found;
  }

  #forgetOldest(): void {
    for (const [sendId, { send }] of this.#sends) {
      if (this.#sends.size <= keptSends) return;
      if (!isGoing(send.state())) this.#sends.delete(sendId);
    }
  }
}

/** Where a configured node is, without what the reader calls it. */
export function addressOf({ name: _, ...address }: DicomNode): NodeAddress {
  return address;
}

const isGoing = ({ state }: SendState): boolean => state === 'preparing' || state === 'sending';

interface OneSendingOptions extends Required<SendOptions> {
  readonly sendId: string;
  readonly library: Library;
  readonly limits: NetworkLimits;
}

/** One sending, from what is wanted to what became of each object. */
class OneSending {
  readonly #options: OneSendingOptions;
  readonly #records: SendRecords;
  readonly #abort = new AbortController();
  readonly #objects: SentObject[] = [];
  #state: SendState['state'] = 'preparing';
  #stopped = false;
  #message: string | null = null;
  #current: string | null = null;
  #bytesTotal = 0;
  /** Of the objects before, and of the one on its way. */
  #bytesBefore = 0;
  #bytesNow = 0;
  #lastReportMs = 0;

  constructor(options: OneSendingOptions) {
    this.#options = options;
    this.#records = new SendRecords(options.library, options.node);
  }

  state(): SendState {
    const { sendId, node, wanted } = this.#options;
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
      objectsTotal: wanted.length,
      bytesSent: this.#bytesBefore + this.#bytesNow,
      bytesTotal: this.#bytesTotal,
      current: this.#current,
      counts,
      objects: this.#state === 'preparing' || this.#state === 'sending' ? [] : told,
      message: this.#message,
    };
  }

  stop(): void {
    this.#stopped = true;
  }

  abort(): void {
    this.#stopped = true;
    this.#abort.abort(new SystolaError('cancelled', 'Systola is closing.'));
  }

  /** Rejects with a defect only: what else went wrong is in the state. */
  async run(): Promise<void> {
    try {
      const ready = await this.#prepare();
      if (!this.#stopped && ready.length > 0) await this.#send(ready);
      this.#state = this.#stopped ? 'cancelled' : 'finished';
    } catch (error) {
      this.#state = 'failed';
      this.#message =
        error instanceof SystolaError ? error.message : 'Sending stopped because of a defect in Systola.';
      if (!(error instanceof SystolaError)) throw error;
    } finally {
      this.#current = null;
      this.#report(true);
    }
  }

  async #prepare(): Promise<PreparedObject[]> {
    const { wanted, again } = this.#options;
    const ready: PreparedObject[] = [];
    for (const { name, prepare } of wanted) {
      if (this.#stopped) {
        this.#note({ name, sopInstanceUid: '', state: 'not-sent', status: null, message: stoppedWords });
        continue;
      }
      this.#current = name;
      this.#report();
      try {
        const object = await prepare();
        if (!again && this.#records.isStored(object)) this.#note(alreadyThere(object));
        else ready.push(object);
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        this.#note({ name, sopInstanceUid: '', state: 'failed', status: null, message: error.message });
      }
    }
    this.#bytesTotal = ready.reduce((sum, { bytes, dataSetOffset }) => sum + bytes - dataSetOffset, 0);
    return ready;
  }

  async #send(ready: readonly PreparedObject[]): Promise<void> {
    const { node, limits } = this.#options;
    this.#state = 'sending';
    // Before anything leaves: without a place in the audit log nothing does.
    this.#records.begin(ready);
    const outcomes = store(node, ready, {
      limits,
      signal: this.#abort.signal,
      shouldStop: () => this.#stopped,
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
      const message = error?.message ?? null;
      this.#note({ name: object.name, sopInstanceUid: object.sopInstanceUid, state, status, message });
      if (state !== 'not-sent') this.#records.end(object, state, status);
      else this.#message ??= message;
      this.#report();
    }
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
