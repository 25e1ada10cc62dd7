/** A line of a table. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** As it stands in the file, without the end of its line. */
  readonly raw: string;
}

/**
 * The lines of a table as RFC 4180 has it; where lines end with LF alone, that is taken too.
 *
 * @returns null where a quote is where it may not be, or is not closed
 */
export function csvRecords(text: string): CsvRecord[] | null {
  const field = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length;) {
    const from = at;
    const cells: string[] = [];
    for (;;) {
      field.lastIndex = at;
      const found = field.exec(text);
      if (found === null) return null;
      at = field.lastIndex;
      cells.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
      if (text[at] !== ',') break;
      at += 1;
    }
    const raw = text.slice(from, at);
    if (text[at] === '\r') at += 1;
    if (at < text.length && text[at] !== '\n') return null;
    at += 1;
    records.push({ cells, raw });
  }
  return records;
}
