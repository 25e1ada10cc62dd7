import { SystolaError } from '../../core/error.ts';
import { type FactsKind, readerVersion, type StoredFacts, upcastFacts } from './reader-versions.ts';

export interface FactsRow {
  facts: string;
  reader_version: number;
}

/** Name of the file that the facts of a row are of; null where they are damaged. */
export const fileNameColumn = `CASE WHEN json_valid(facts) THEN json_extract(facts, '$.fileName') END`;

/**
 * Facts of a row in today's shape.
 *
 * @param what names the row
 * @throws SystolaError `newer-version`, `malformed`
 */
export function readFacts<T>(
  kind: FactsKind,
  schema: { parse(value: unknown): T },
  { facts, reader_version: version }: FactsRow,
  what: string,
): T {
  if (version > readerVersion) {
    throw new SystolaError(
      'newer-version',
      `The library's record of ${what} was written by a newer version of Systola (reader ${version}, this version has ${readerVersion}). Update Systola to open it; nothing is damaged.`,
      what,
    );
  }
  try {
    return schema.parse(upcastFacts(kind, version, JSON.parse(facts) as StoredFacts));
  } catch (error) {
    throw new SystolaError(
      'malformed',
      `The library's record of ${what} is damaged. Restore the library folder from a backup.`,
      what,
      { cause: error },
    );
  }
}
