import { isDeepStrictEqual } from 'node:util';
import { SystolaError } from '../../core/error.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import { nodeLabel } from '../network/connect.ts';
import { installation } from './installation.ts';

const activity = {
  event: auditEvents.applicationActivity,
  action: 'E',
  outcome: auditOutcomes.success,
  studyInstanceUid: null,
  patientId: null,
} as const;

/** Enters into the audit log what becomes of the application itself, of no patient's study. */
export class ApplicationAudit {
  readonly #library: Library;
  /** Who starts the application stops it, whoever reads meanwhile. */
  readonly #startedBy: string;

  constructor(library: Library) {
    this.#library = library;
    this.#startedBy = library.user();
  }

  /** Starting and stopping are recorded; a disk without room for that is no reason to do neither. */
  recordActivity(started: boolean): void {
    const detail = { started, version: installation.version };
    try {
      this.#library.record({ ...activity, user: this.#startedBy, detail });
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
    }
  }

  /** Which model contours come from is part of a study's provenance, so changes of it are in the audit log. */
  recordModel(
    action: 'C' | 'U' | 'D',
    model: Pick<LoadedModel, 'manifest'> | null,
    detail: Record<string, unknown>,
  ): void {
    const { name = null, version = null, graph } = model?.manifest ?? {};
    const about = { model: name, version, sha256: graph?.sha256 ?? null, ...detail };
    this.#library.record({ ...activity, action, user: this.#library.user(), detail: about });
  }

  /** Who may be sent to, and what listens, is in the audit log before it is so. */
  recordNetwork(before: Settings, { nodes, receiver }: Settings): void {
    const about = { ...activity, action: 'U', user: this.#library.user() } as const;
    if (!isDeepStrictEqual(nodes, before.nodes)) {
      const detail = nodes.map(({ name, ...node }) => ({
        name,
        node: nodeLabel(node),
        isSecured: node.tls !== null,
      }));
      this.#library.record({ ...about, detail: { nodes: detail } });
    }
    if (!isDeepStrictEqual(receiver, before.receiver)) {
      const { isOn, address, port, aeTitle, tls } = receiver;
      this.#library.record({
        ...about,
        detail: { receiver: { isOn, address, port, aeTitle, isSecured: tls !== null } },
      });
    }
  }
}
