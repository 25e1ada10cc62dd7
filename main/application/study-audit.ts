import { z } from 'zod';
import type { AuditKind, AuditLine, StudyAudit } from '../../core/api/audit.ts';
import { message, type Message } from '../../core/language/message.ts';
import { exporters } from '../export/exporters.ts';
import { auditEvents, auditOutcomes, type AuditEntry, type AuditEvent } from '../library/audit.ts';
import type { Library } from '../library/library.ts';

/** Entries that a window is shown at once. */
const mostEntries = 2000;

const kinds: Readonly<Partial<Record<AuditEvent, AuditKind>>> = {
  [auditEvents.instancesAccessed]: 'opened',
  [auditEvents.patientRecord]: 'changed',
  [auditEvents.import]: 'imported',
  [auditEvents.export]: 'exported',
  [auditEvents.beginTransfer]: 'sending',
  [auditEvents.instancesTransferred]: 'transferred',
};

const changed = z.object({ label: z.string() });
const masked = z.object({ keepMask: z.enum(['checked', 'unchecked']) });
const exported = z.object({
  formats: z.array(z.string()),
  list: z.object({ files: z.number() }),
  deidentified: z.string().optional(),
});
const mapped = z.object({ mapping: z.string() });
const sending = z.object({ node: z.string(), objects: z.number() });
const transferred = z.object({ node: z.string() });
const repaired = z.object({ repaired: z.string() });

/** What was done to a study, by whom and when, from the audit log. */
export function studyAudit({ audit }: Pick<Library, 'audit'>, studyInstanceUid: string): StudyAudit {
  const { entries, older } = audit.newestOf(studyInstanceUid, mostEntries);
  const lines: AuditLine[] = [];
  for (const line of entries.map(lineOf)) {
    const before = lines.at(-1);
    const isSame = before !== undefined && isLike(before, line);
    if (isSame) lines[lines.length - 1] = { ...before, count: before.count + 1 };
    else lines.push(line);
  }
  return { lines, older };
}

/** Files that came or went one after the other are one line. */
function isLike(a: AuditLine, b: AuditLine): boolean {
  return (
    (a.kind === 'imported' || a.kind === 'transferred') &&
    a.kind === b.kind &&
    a.user === b.user &&
    a.outcome === b.outcome &&
    JSON.stringify(a.what) === JSON.stringify(b.what)
  );
}

function lineOf({ id, at, user, event, outcome, detail }: AuditEntry): AuditLine {
  return {
    ...{ id, at, user, kind: kinds[event] ?? 'other', count: 1 },
    outcome:
      outcome === auditOutcomes.success
        ? 'success'
        : outcome === auditOutcomes.minorFailure
          ? 'partly'
          : 'failed',
    what: whatOf(event, detail),
  };
}

/** Details have the form that their writer gave them; what has none that is known here says nothing more. */
function whatOf(event: AuditEvent, detail: AuditEntry['detail']): Message | null {
  switch (event) {
    case auditEvents.patientRecord: {
      const label = changed.safeParse(detail).data?.label;
      const mask = masked.safeParse(detail).data?.keepMask;
      if (label !== undefined) return message('audit.what.label', { label });
      return mask === undefined ? null : message(`audit.what.mask-${mask}`);
    }
    case auditEvents.export: {
      const made = exported.safeParse(detail).data;
      const mapping = mapped.safeParse(detail).data?.mapping;
      if (mapping !== undefined) return message('audit.what.mapping', { preset: mapping });
      if (made === undefined) return null;
      const formats = made.formats.map(formatName);
      return made.deidentified === undefined
        ? message('audit.what.exported', { formats, files: made.list.files })
        : message('audit.what.deidentified', {
            ...{ formats, files: made.list.files, preset: made.deidentified },
          });
    }
    case auditEvents.beginTransfer: {
      const to = sending.safeParse(detail).data;
      return to === undefined ? null : message('audit.what.sending', to);
    }
    case auditEvents.instancesTransferred: {
      const node = transferred.safeParse(detail).data?.node;
      return node === undefined ? null : message('audit.what.node', { node });
    }
    case auditEvents.import:
      return repaired.safeParse(detail).success ? message('audit.what.repaired') : null;
    default:
      return null;
  }
}

/** Of a format that this version does not know its id. */
const formatName = (id: string): Message | string =>
  exporters().find((exporter) => exporter.id === id)?.label ?? id;
