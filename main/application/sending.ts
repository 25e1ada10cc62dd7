import { isDicomDocument } from '../../core/document/document-facts.ts';
import { randomUUID } from 'node:crypto';
import type { SendRequest, SendState } from '../../core/api/network.ts';
import { choicesByTag } from '../../core/deidentify/attribute-choices.ts';
import { isDeidentified, isFormatFor } from '../../core/export/identity.ts';
import { SystolaError } from '../../core/error.ts';
import type { DicomNode } from '../../core/network/dicom-node.ts';
import { settleAll } from '../concurrency/settle-all.ts';
import { dicomClips } from '../export/dicom-clips.ts';
import { chosenFormats, exportFormats, type ChosenFormat } from '../export/exporters.ts';
import type { NodeAddress } from '../network/connect.ts';
import type { FileToSend } from '../network/file-to-send.ts';
import { defaultNetworkLimits, type NetworkLimits } from '../network/network-limits.ts';
import type { ExportJobServices } from './export-job.ts';
import { OneSending, type SentWithoutPatient } from './one-sending.ts';

const { id: clipsId } = dicomClips;

/** Ended sendings whose result can still be asked for. */
const keptSends = 20;

/** What of which studies. */
export interface StudiesToSend {
  readonly studies: readonly string[];
  /** Clips, and reports that came with them, as they were imported. */
  readonly originals: boolean;
  /** Ids of export formats that are DICOM objects, or "dicom" for those that are by default. */
  readonly formats: readonly string[];
}

export interface SendOptions extends StudiesToSend {
  readonly node: NodeAddress;
  /** Files beside the studies. */
  readonly files: readonly FileToSend[];
  /** Also what this node has stored before, by the audit log. */
  readonly again: boolean;
  /** How the patient is taken out of the studies; left out or null: not at all. Files go as they are. */
  readonly deidentified?: SentWithoutPatient | null;
  onState?(state: SendState): void;
}

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
  readonly #services: ExportJobServices;
  readonly #options: SendingOptions;
  readonly #limits: NetworkLimits;
  readonly #sends = new Map<string, Tracked>();
  #isClosed = false;

  constructor(services: ExportJobServices, options: SendingOptions) {
    this.#services = services;
    this.#options = options;
    this.#limits = { ...defaultNetworkLimits, ...options.limits };
  }

  /**
   * Begins to send what a window asks for.
   *
   * @throws SystolaError `not-found` where no node has that name, or there is no such format; `bad-request` for a format
   *   that is no DICOM object, or none without its patient
   */
  start(request: SendRequest): SendState {
    const node = this.#services.library.settings().nodes.find(({ name }) => name === request.node);
    if (node === undefined) {
      throw new SystolaError('not-found', 'There is no such node in the settings.', request.node);
    }
    const { identity, choices, ...wanted } = request;
    const deidentified = isDeidentified(identity)
      ? { preset: identity, choices: choicesByTag(choices) }
      : null;
    return this.begin({ ...wanted, node: addressOf(node), files: [], deidentified });
  }

  /**
   * Begins to send studies and files.
   *
   * @throws SystolaError `not-found` for a study or a format that there is not; `bad-request` for one that is no DICOM object
   */
  begin({ onState, ...order }: SendOptions): SendState {
    if (this.#isClosed) throw new SystolaError('cancelled', 'Systola is closing.');
    const sendId = randomUUID();
    const { node, studies, again } = order;
    const { deidentified = null } = order;
    const isAsImported = order.originals && deidentified === null;
    const originals = isAsImported ? this.#originalsOf(studies) : [];
    const formats = order.originals && deidentified !== null ? [clipsId, ...order.formats] : order.formats;
    const send = new OneSending({
      ...{ sendId, node, studies, again },
      services: this.#services,
      files: [...originals, ...order.files],
      chosen: objectFormats(formats, deidentified),
      deidentified,
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

  /** @throws SystolaError `not-found` */
  #originalsOf(studies: readonly string[]): FileToSend[] {
    const { library } = this.#services;
    return studies.flatMap((study) => {
      const { clips, documents } = library.study(study);
      return [
        ...clips.map((facts) => ({ facts, stored: library.clip(facts.sopInstanceUid) })),
        ...documents
          .filter(isDicomDocument)
          .map((facts) => ({ facts, stored: library.document(facts.sopInstanceUid) })),
      ].map(({ facts: { fileName }, stored: { path, sha256 } }) => ({ path, name: fileName, sha256 }));
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

/** @throws SystolaError `not-found` for a format that there is not, `bad-request` for one that cannot be sent so */
function objectFormats(ids: readonly string[], deidentified: SentWithoutPatient | null): ChosenFormat[] {
  const chosen = chosenFormats(ids);
  const objects = new Set(exportFormats().flatMap(({ id, group }) => (group === 'dicom' ? [id] : [])));
  const strange = chosen.find(({ exporter }) => !objects.has(exporter.id));
  if (strange !== undefined) {
    const message = `"${strange.exporter.id}" is no DICOM object, and nodes take nothing else.`;
    throw new SystolaError('bad-request', message);
  }
  const named = chosen.find(
    ({ exporter }) => deidentified !== null && !isFormatFor(exporter.id, deidentified.preset),
  );
  if (named === undefined) return chosen;
  throw new SystolaError('bad-request', `"${named.exporter.id}" does not leave without its patient.`);
}

/** Where a configured node is, without what the reader calls it. */
export function addressOf({ name: _, ...address }: DicomNode): NodeAddress {
  return address;
}

const isGoing = ({ state }: SendState): boolean => state === 'preparing' || state === 'sending';
