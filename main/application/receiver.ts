import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReceiverState } from '../../core/api/network.ts';
import type { RejectedFile } from '../../core/api/rejected-file.ts';
import type { ReceiverSettings } from '../../core/network/receiver-settings.ts';
import { SystolaError } from '../../core/error.ts';
import { isReadableClass, isStructuredReport } from '../dicom/sop-class.ts';
import { transferSyntax } from '../dicom/transfer-syntax.ts';
import type { ImportService } from '../import/import-service.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import { defaultNetworkLimits, type NetworkLimits } from '../network/network-limits.ts';
import { receivedHead } from '../network/received-head.ts';
import { refusalAnswer } from '../network/refusal-answer.ts';
import { statuses } from '../network/statuses.ts';
import type { ArrivingObject, StoreAnswer } from '../network/store-provider.ts';
import { StoreServer, type ListeningPlace, type ObjectTaker } from '../network/store-server.ts';

/** Associations at a time: a scanner has one or two. */
const mostAssociations = 8;
/** An import is over when nothing came for so long: a scanner keeps its association open, and others want to import. */
const quietMs = 1000;

export interface ReceiverOptions {
  readonly library: Library;
  readonly imports: ImportService;
  readonly limits?: Partial<NetworkLimits>;
  onState(state: ReceiverState): void;
  /** Every object that came, as lines for a terminal say it. */
  onObject?(name: string, refused: RejectedFile | null): void;
  onDefect(error: unknown): void;
}

const off: ReceiverState = {
  state: 'off',
  place: null,
  message: null,
  stored: 0,
  refused: 0,
  lastTrouble: null,
};

/**
 * Takes studies that other systems send, as any import does: every object goes through the same checks and is in the
 * library, flushed to disk, before its sender is told that it is stored. Nothing listens until it is turned on.
 */
export class Receiver {
  readonly #options: ReceiverOptions;
  readonly #limits: NetworkLimits;
  #server: StoreServer | null = null;
  #state: ReceiverState = off;
  /** Turning on and off, one after the other. */
  #turning: Promise<void> = Promise.resolve();

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#limits = { ...defaultNetworkLimits, ...options.limits };
  }

  get state(): ReceiverState {
    return this.#state;
  }

  /** Listens as the settings say, or not at all; why it cannot is in the state. */
  apply(settings: ReceiverSettings): Promise<void> {
    return this.#turn(async () => {
      if (!settings.isOn) return;
      try {
        await this.#listen(settings);
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        this.#tell({
          ...off,
          state: 'failed',
          place: placeWords(settings, settings.port),
          message: error.message,
        });
      }
    });
  }

  /**
   * Listens at a place; returns the port.
   *
   * @throws SystolaError `port-unavailable`, and of files of TLS that cannot be used
   */
  async listen(place: ListeningPlace): Promise<number> {
    let port = 0;
    await this.#turn(async () => {
      port = await this.#listen(place);
    });
    return port;
  }

  close(): Promise<void> {
    return this.#turn(() => Promise.resolve());
  }

  /** Stops what listens and does something else then. */
  #turn(act: () => Promise<void>): Promise<void> {
    const turned = this.#turning.then(async () => {
      const before = this.#server;
      this.#server = null;
      await before?.close();
      if (this.#state.state !== 'off') this.#tell(off);
      await act();
    });
    this.#turning = turned.catch(() => undefined);
    return turned;
  }

  async #listen(place: ListeningPlace): Promise<number> {
    const server = new StoreServer({
      place,
      limits: this.#limits,
      mostAssociations,
      // What the import reads: clips, and reports beside them.
      takesClass: (uid) => isReadableClass(uid, 'US') || isStructuredReport(uid),
      takesSyntax: (uid) => transferSyntax(uid) !== null,
      open: (callingAeTitle, from) => this.#open(callingAeTitle, from),
      onTrouble: (from, words) =>
        this.#tell({ ...this.#state, lastTrouble: { at: new Date().toISOString(), from, words } }),
      onDefect: this.#options.onDefect,
    });
    const { port } = await server.listen();
    this.#server = server;
    this.#tell({ ...off, state: 'listening', place: placeWords(place, port) });
    return port;
  }

  #open(callingAeTitle: string, from: string): ObjectTaker {
    const arrivals = new Arrivals(this.#options.imports, this.#options.onDefect);
    return {
      take: async (object) => {
        const dataSetHash = createHash('sha256');
        let bytes = 0;
        const counted = (chunk: Buffer): void => {
          bytes += chunk.length;
          dataSetHash.update(chunk);
        };
        const refused = await arrivals.take(object, counted);
        const answer =
          refused === null ? { status: statuses.success, comment: null } : refusalAnswer(refused);
        const isStored = refused === null;
        this.#tell({
          ...this.#state,
          stored: this.#state.stored + (isStored ? 1 : 0),
          refused: this.#state.refused + (isStored ? 0 : 1),
        });
        this.#options.onObject?.(object.sopInstanceUid, refused);
        return this.#recorded(answer, {
          direction: 'received',
          from,
          callingAeTitle,
          sopClassUid: object.sopClassUid,
          sopInstanceUid: object.sopInstanceUid,
          transferSyntaxUid: object.transferSyntaxUid,
          dataSetBytes: bytes,
          dataSetSha256: dataSetHash.digest('hex'),
          status: answer.status,
        });
      },
      end: () => arrivals.finish(),
    };
  }

  /** What came from elsewhere is in the audit log, or its sender keeps it. */
  #recorded(answer: StoreAnswer, detail: Readonly<Record<string, unknown>>): StoreAnswer {
    const { library } = this.#options;
    const isStored = answer.status === statuses.success;
    try {
      library.record({
        event: auditEvents.instancesTransferred,
        action: 'C',
        outcome: isStored ? auditOutcomes.success : auditOutcomes.seriousFailure,
        user: library.user(),
        studyInstanceUid: null,
        patientId: null,
        detail,
      });
      return answer;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return refusalAnswer({ code: error.code, reason: error.message });
    }
  }

  #tell(state: ReceiverState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** What comes on one association, as imports: one for all that comes without a pause. */
class Arrivals {
  readonly #imports: ImportService;
  readonly #onDefect: (error: unknown) => void;
  #importId: string | null = null;
  #quiet: NodeJS.Timeout | null = null;
  #refused: Pick<RejectedFile, 'code' | 'reason'> | null = null;
  /** The reader stopped what came in: the sender is told, and nothing more is taken of it. */
  #stopped = false;

  constructor(imports: ImportService, onDefect: (error: unknown) => void) {
    this.#imports = imports;
    this.#onDefect = onDefect;
  }

  /** Returns why an object was not taken; null when it is whole in the library. */
  async take(object: ArrivingObject, counted: (chunk: Buffer) => void): Promise<RejectedFile | null> {
    const file = `${object.sopInstanceUid}.dcm`;
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    try {
      const importId = this.#stopped ? null : this.#going();
      if (importId === null) return { file, ...stoppedHere };
      this.#refused = stoppedHere;
      await this.#imports.upload(
        importId,
        file,
        Readable.from(fileOf(object, counted), { objectMode: false }),
      );
      this.#stopped = this.#imports.state(importId).state === 'cancelled';
      return this.#refused === null ? null : { file, ...this.#refused };
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return { file, code: error.code, reason: error.message };
    } finally {
      this.#quiet = setTimeout(() => void this.finish().catch(this.#onDefect), quietMs);
    }
  }

  async finish(): Promise<void> {
    if (this.#quiet !== null) clearTimeout(this.#quiet);
    const importId = this.#importId;
    this.#importId = null;
    if (importId !== null) await this.#imports.finish(importId);
  }

  /** @throws SystolaError `library-damaged` */
  #going(): string | null {
    const last = this.#importId === null ? null : this.#imports.state(this.#importId).state;
    if (last === 'cancelled') {
      this.#stopped = true;
      return null;
    }
    // One that ended by a full disk is followed by another: there may be room by now.
    if (last !== 'running') {
      this.#importId = this.#imports.start([], {
        onTaken: () => (this.#refused = null),
        onRejected: (refused) => (this.#refused = refused),
        onPassedOver: () => (this.#refused = notDicom),
      }).importId;
    }
    return this.#importId;
  }
}

const stoppedHere = { code: 'cancelled', reason: 'It was stopped at the receiver.' };
const notDicom = { code: 'not-dicom', reason: 'It is no DICOM data set.' };

async function* fileOf(
  object: ArrivingObject,
  counted: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void, undefined> {
  yield receivedHead(object);
  for await (const chunk of object.dataSet) {
    counted(chunk);
    yield chunk;
  }
}

const placeWords = (
  { aeTitle, address }: Pick<ListeningPlace, 'aeTitle' | 'address'>,
  port: number,
): string => `${aeTitle ?? '*'} at ${address.includes(':') ? `[${address}]` : address}:${port}`;
