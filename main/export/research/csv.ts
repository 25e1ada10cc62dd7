/** What a row is described by; the name is the first line's. */
export interface Column<Row> {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number';
  /** UCUM or as the table says it itself; null where a value has none. */
  readonly unit: string | null;
  /** For whoever reads the table without us. */
  readonly description: string;
  /** null: not known, an empty cell. */
  of(row: Row): string | number | null;
}

/** Rows that are put into words at once: a table of contours is longer than a string may be. */
const rowsAtOnce = 4096;

/**
 * A table as RFC 4180 has it: UTF-8 without a byte order mark, a line of names, CRLF after each line, cells in quotes where
 * they have to be, an empty cell for what is not known. Numbers are written with a point, by the shortest digits that give
 * the same number back, and never changed. A text that a spreadsheet would take for a formula has an apostrophe before it.
 */
export function csvOf<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Uint8Array {
  const parts: Buffer[] = [];
  let lines = [csvHeader(columns)];
  const flush = (): void => {
    parts.push(Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8'));
    lines = [];
  };
  for (const row of rows) {
    lines.push(csvLine(columns, row));
    if (lines.length >= rowsAtOnce) flush();
  }
  if (lines.length > 0) flush();
  return Buffer.concat(parts);
}

/** The line of names, without its end. */
export const csvHeader = (columns: readonly Pick<Column<never>, 'name'>[]): string =>
  columns.map(({ name }) => quoted(name)).join(',');

/** The line of a row, without its end. */
export const csvLine = <Row>(columns: readonly Column<Row>[], row: Row): string =>
  columns.map((column) => cell(column, column.of(row))).join(',');

function cell({ name, type }: Pick<Column<never>, 'name' | 'type'>, value: string | number | null): string {
  if (value === null) return '';
  if (type === 'text') return quoted(harmless(String(value)));
  if (
    typeof value !== 'number' ||
    !Number.isFinite(value) ||
    (type === 'integer' && !Number.isInteger(value))
  ) {
    throw new Error(`${String(value)} is no ${type}, as column ${name} has to hold.`);
  }
  return String(value);
}

/** Spreadsheets run what begins like this; the apostrophe makes a text of it (OWASP, "CSV injection"). */
const formula = /^[=+\-@\t\r\n＝＋－＠]/u;

const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
