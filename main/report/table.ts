import { colour, rule } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import { drawLine } from './text-line.ts';

const rowHeight = 9.3;
/** Words of a language of long ones are made smaller before they are cut. */
const leastSize = 6;

export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  readonly colour?: string;
  readonly bold?: boolean;
  /** Goes on over the columns behind it, which have no cell in this row then. */
  readonly spans?: boolean;
}

export interface Column {
  readonly title: string;
  readonly x: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

/** Rows that did not fit, to go on a further page. */
export interface TableRest {
  readonly columns: readonly Column[];
  readonly rows: readonly Cell[][];
}

/** A table over as many pages as it takes, its heads on each. */
export function drawFlowingTable(
  document: PDFKit.PDFDocument,
  columns: readonly Column[],
  rows: readonly Cell[][],
  flow: ReportFlow,
): void {
  for (let open = rows; open.length > 0;) {
    flow.next(20 + rowHeight);
    const drawn = drawTable(document, columns, open, flow.y - 8, flow.y + flow.left, '');
    open = drawn.rest.rows;
    flow.y = drawn.end + 12;
    if (open.length > 0) flow.turn();
  }
}

export interface Drawn {
  /** Height under the last row. */
  readonly end: number;
  readonly rest: TableRest;
}

/** Heads and as many rows as fit above `bottom`. */
function drawTable(
  document: PDFKit.PDFDocument,
  columns: readonly Column[],
  rows: readonly Cell[][],
  top: number,
  bottom: number,
  empty: string,
): Drawn {
  const first = columns[0]!;
  const last = columns.at(-1)!;
  const write = (cell: Cell, { x, width, align }: Column, baseline: number, size: number) =>
    drawLine(document, cell.text, align === 'right' ? x + width : x, baseline, {
      size,
      leastSize,
      maxWidth: cell.spans === true ? last.x + last.width - x : width - 2,
      align: align ?? 'left',
      weight: cell.bold === true ? 'bold' : 'regular',
      colour: cell.colour ?? colour.ink,
    });
  columns.forEach((column) =>
    write({ text: column.title, colour: colour.muted, bold: true }, column, top + 8, 7.5),
  );
  rule(document, top + 11, first.x, last.x + last.width);
  let baseline = top + 20;
  const shown = rows.slice(0, Math.max(1, Math.floor((bottom - baseline) / rowHeight) + 1));
  for (const row of shown) {
    row.forEach((cell, index) => write(cell, columns[index]!, baseline, 8));
    baseline += rowHeight;
  }
  if (rows.length === 0) {
    drawLine(document, empty, first.x, baseline, {
      ...{ size: 8, leastSize, colour: colour.muted },
      maxWidth: last.x + last.width - first.x,
    });
    baseline += rowHeight;
  }
  return { end: baseline - rowHeight + 4, rest: { columns, rows: rows.slice(shown.length) } };
}
