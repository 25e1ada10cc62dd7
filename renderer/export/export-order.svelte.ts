import type { ExportRequest } from '../../core/api/exports.ts';
import { mostStudiesSent, type SendRequest } from '../../core/api/network.ts';
import type { AttributeChoices } from '../../core/deidentify/attribute-choices.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';
import { isDeidentified, isFormatFor, type ExportIdentity } from '../../core/export/identity.ts';
import { message, type Message } from '../../core/language/message.ts';
import { rememberedChoices, rememberedChoicesEntry } from '../deidentify/remembered-choices.ts';
import { session } from '../state/session.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import {
  askedFormats,
  chosenFormats,
  chosenIdentity,
  chosenNode,
  isForNode,
  rememberedFormats,
  rememberedIdentity,
  rememberedNode,
} from './export-choice.ts';
import { exports } from './exports.svelte.ts';
import { TickedStudies } from './ticked-studies.svelte.ts';

/** What is to be exported of which studies, for whom and where to, while somebody chooses it; choices are remembered. */
export class ExportOrder {
  readonly formats = $derived(session.info?.exportFormats ?? []);
  readonly identities = $derived(session.info?.exportIdentities ?? []);
  readonly ticked = new TickedStudies(workspace.study?.uid ?? null);
  /** Clips and what came with them, of what is sent. */
  originals = $state(true);
  /** Also what the node has stored before. */
  again = $state(false);
  #chosen = $state.raw<readonly string[]>(session.info ? chosenFormats(session.info, session.settings) : []);
  #identity = $state<ExportIdentity>(
    session.info ? chosenIdentity(session.info, session.settings) : 'unnamed',
  );
  #choices = $state.raw<AttributeChoices>(rememberedChoices(session.settings.layout));
  #wantedNode = $state(chosenNode(session.settings));
  #wantedOf = $state<'study' | 'ticked'>('study');

  /** Where it is sent to; null for a folder or a download. */
  readonly node = $derived(
    session.settings.nodes.find(({ name }) => name === this.#wantedNode)?.name ?? null,
  );
  /** How the patient is taken out; null where nobody is. */
  readonly preset: PresetName | null = $derived(isDeidentified(this.#identity) ? this.#identity : null);
  /** Somebody has to look at the pictures before they leave without their patient, which is done in the study that is open. */
  readonly of = $derived(
    this.preset !== null ? 'study' : workspace.study === null ? 'ticked' : this.#wantedOf,
  );
  readonly studies: readonly string[] = $derived(
    this.of === 'ticked' ? this.ticked.uids : workspace.study ? [workspace.study.uid] : [],
  );
  /** Formats that are chosen and can be had of this for whom it is, where it goes to. */
  readonly wanted = $derived(
    this.formats
      .filter((format) => this.#chosen.includes(format.id) && this.isOffered(format.id))
      .map(({ id }) => id),
  );
  /** Why it cannot begin; null where it can. */
  readonly lacking: Message | null = $derived.by(() => {
    if (this.studies.length === 0)
      return message(this.of === 'study' ? 'export.no-study' : 'export.none-ticked');
    if (this.node === null) {
      if (this.wanted.length === 0) return message('export.nothing-chosen');
      return window.systola && this.folder === null ? message('export.where.none') : null;
    }
    if (!this.originals && this.wanted.length === 0) return message('network.send.nothing');
    return this.studies.length > mostStudiesSent
      ? message('network.send.too-many', { most: mostStudiesSent })
      : null;
  });

  get folder(): string | null {
    return exports.folder ?? session.settings.exportFolder;
  }

  get identity(): ExportIdentity {
    return this.#identity;
  }

  get choices(): AttributeChoices {
    return this.#choices;
  }

  isOffered(format: string): boolean {
    const isHere = this.node === null || this.formats.some((one) => one.id === format && isForNode(one));
    return isHere && isFormatFor(format, this.#identity);
  }

  choose(format: string, on: boolean): void {
    this.#chosen = this.formats
      .map(({ id }) => id)
      .filter((id) => (id === format ? on : this.#chosen.includes(id)));
    session.remember(...rememberedFormats(this.#chosen));
  }

  chooseOf(of: 'study' | 'ticked'): void {
    this.#wantedOf = of;
  }

  tell(identity: ExportIdentity): void {
    this.#identity = identity;
    session.remember(...rememberedIdentity(identity));
    if (!isDeidentified(identity)) void session.change({ patientInFileNames: identity === 'named' });
  }

  want(choices: AttributeChoices): void {
    this.#choices = choices;
    session.remember(...rememberedChoicesEntry(choices));
  }

  sendTo(node: string | null): void {
    this.#wantedNode = node;
    session.remember(...rememberedNode(node));
  }

  exportRequest(): ExportRequest {
    return {
      studies: [...this.studies],
      formats: askedFormats({ exportFormats: this.formats }, this.wanted),
      identity: this.#identity,
      choices: this.#ownChoices,
      destination: window.systola ? 'folder' : 'download',
    };
  }

  sendRequest(node: string): SendRequest {
    const { originals, again } = this;
    return {
      ...{ node, originals, again },
      studies: [...this.studies],
      formats: [...this.wanted],
      identity: this.#identity,
      choices: this.#ownChoices,
    };
  }

  get #ownChoices(): AttributeChoices {
    return this.preset === null ? {} : this.#choices;
  }
}
