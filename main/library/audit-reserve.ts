import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { auditOutcomes, type AuditRecord } from './audit.ts';

const reserveName = 'audit-reserve';
const reserveBytes = 128 * 1024;
const blank = 0x20;

const entrySchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  record: z.object({
    event: z.string(),
    action: z.enum(['C', 'R', 'U', 'D', 'E']),
    outcome: z.literal(Object.values(auditOutcomes)),
    user: z.string(),
    studyInstanceUid: z.string().nullable(),
    patientId: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  }),
});

export interface ReservedEntry {
  readonly id: string;
  readonly at: Date;
  readonly record: AuditRecord;
}

/**
 * Room for audit entries of the time in which the database takes none: a full disk, or a damaged database that is only
 * read. A file of blanks that was written while there was space; entries overwrite the blanks, which needs no more.
 * They move into the audit log as soon as it can be written.
 */
export class AuditReserve {
  readonly #path: string;
  #usedBytes: number | null = null;

  constructor(libraryPath: string) {
    this.#path = join(libraryPath, reserveName);
  }

  /** Sets the room aside where there is none yet; without space there is none. */
  prepare(): void {
    try {
      const file = openSync(this.#path, 'wx', 0o600);
      try {
        writeAll(file, Buffer.alloc(reserveBytes, blank), 0);
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      // A part of it would need space just when there is none.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(this.#path, { force: true });
    }
  }

  /** Whether the entry is on disk; false when there is no room. */
  keep(record: AuditRecord, at = new Date()): boolean {
    // The end of a line comes first too: the one before may have been cut in the middle.
    const line = Buffer.from(`\n${JSON.stringify({ id: randomUUID(), at: at.toISOString(), record })}\n`);
    try {
      const from = (this.#usedBytes ??= usedBytes(readFileSync(this.#path)));
      if (from + line.length > reserveBytes) return false;
      const file = openSync(this.#path, 'r+');
      try {
        writeAll(file, line, from);
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
      this.#usedBytes = from + line.length - 1;
      return true;
    } catch {
      this.#usedBytes = null;
      return false;
    }
  }

  /** Entries that wait for the audit log, oldest first. A line that was cut in the middle was never acknowledged. */
  waiting(): ReservedEntry[] {
    return this.#content()
      .split('\n')
      .flatMap((line) => {
        const parsed = entrySchema.safeParse(parseJson(line.trim()));
        if (!parsed.success) return [];
        const { id, at, record } = parsed.data;
        return [{ id, at: new Date(at), record: record as AuditRecord }];
      });
  }

  /** They are in the audit log now. */
  clear(): void {
    try {
      const file = openSync(this.#path, 'r+');
      try {
        writeAll(file, Buffer.alloc(reserveBytes, blank), 0);
        fdatasyncSync(file);
      } finally {
        closeSync(file);
      }
    } finally {
      this.#usedBytes = null;
    }
  }

  #content(): string {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch {
      return '';
    }
  }
}

/** Bytes up to the last that is neither blank nor the end of a line. */
function usedBytes(content: Buffer): number {
  let used = content.length;
  while (used > 0 && (content[used - 1] === blank || content[used - 1] === 0x0a)) used -= 1;
  return used;
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
