import type { Message } from '../language/message-value.ts';

/** What an entry of the audit log is about, as a person tells them apart. */
export type AuditKind = 'opened' | 'changed' | 'imported' | 'exported' | 'sending' | 'transferred' | 'other';

/** A line of the audit log of a study; neighbours that differ in nothing but the file stand in one. */
export interface AuditLine {
  readonly id: number;
  /** ISO 8601, UTC; of the last where it stands for several. */
  readonly at: string;
  readonly user: string;
  readonly kind: AuditKind;
  readonly outcome: 'success' | 'partly' | 'failed';
  /** What was done, exported or sent; null where the kind says it all. */
  readonly what: Message | null;
  /** Entries that it stands for. */
  readonly count: number;
}

/** What the window is shown of the audit log. */
export interface StudyAudit {
  /** The newest first. */
  readonly lines: readonly AuditLine[];
  /** Older entries that are not shown. */
  readonly older: number;
}
