import { auditEvents, auditOutcomes, type AuditOutcome } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import { nodeLabel, type NodeAddress } from '../network/connect.ts';
import type { PreparedObject } from '../network/file-to-send.ts';
import type { SendOutcome } from '../network/store.ts';

/** What the audit log says of sending to one node: before anything leaves, and of every object what became of it. */
export class SendRecords {
  readonly #library: Library;
  readonly #node: NodeAddress;
  #stored: Set<string> | null = null;

  constructor(library: Library, node: NodeAddress) {
    this.#library = library;
    this.#node = node;
  }

  /**
   * Whether the node stored exactly this file before.
   *
   * @throws SystolaError of a library that cannot be read
   */
  isStored(object: PreparedObject): boolean {
    this.#stored ??= new Set(
      this.#library.audit
        .storedBy(nodeLabel(this.#node))
        .map(({ sopInstanceUid, sha256 }) => key(String(sopInstanceUid), String(sha256))),
    );
    return this.#stored.has(key(object.sopInstanceUid, object.sha256));
  }

  /** @throws SystolaError of an audit log that takes no entry */
  begin(objects: readonly PreparedObject[]): void {
    for (const [study, ofStudy] of Map.groupBy(objects, ({ studyInstanceUid }) => studyInstanceUid)) {
      this.#library.record({
        event: auditEvents.beginTransfer,
        action: 'E',
        outcome: auditOutcomes.success,
        user: this.#library.user(),
        studyInstanceUid: study,
        patientId: ofStudy[0]?.patientId ?? null,
        detail: { ...this.#place, objects: ofStudy.length },
      });
    }
  }

  /** @throws SystolaError of an audit log that takes no entry */
  end(object: PreparedObject, state: SendOutcome['state'], status: number | null): void {
    const { studyInstanceUid, patientId, sopClassUid, sopInstanceUid, transferSyntaxUid } = object;
    this.#library.record({
      event: auditEvents.instancesTransferred,
      action: 'R',
      outcome: outcomes[state],
      user: this.#library.user(),
      studyInstanceUid,
      patientId,
      detail: {
        ...this.#place,
        sopClassUid,
        sopInstanceUid,
        transferSyntaxUid,
        sha256: object.sha256,
        bytes: object.bytes,
        state,
        status,
      },
    });
  }

  get #place() {
    const { calledAeTitle, callingAeTitle, tls } = this.#node;
    return {
      direction: 'sent',
      node: nodeLabel(this.#node),
      calledAeTitle,
      callingAeTitle,
      isSecured: tls !== null,
    };
  }
}

const key = (sopInstanceUid: string, sha256: string): string => `${sopInstanceUid} ${sha256}`;

const outcomes: Readonly<Record<SendOutcome['state'], AuditOutcome>> = {
  stored: auditOutcomes.success,
  warning: auditOutcomes.minorFailure,
  refused: auditOutcomes.seriousFailure,
  failed: auditOutcomes.seriousFailure,
  unknown: auditOutcomes.seriousFailure,
  'not-sent': auditOutcomes.seriousFailure,
};
