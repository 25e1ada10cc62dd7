/** A cell of the grid; row -1 is the row of headings. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at once. */
  readonly page: number;
}

/**
 * Where a key leads to from a cell, by the pattern of a data grid (WAI-ARIA Authoring Practices, "grid"); null for a key
 * that is none of the grid's. Letters are never: they are the window's.
 */
export function cellByKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey' | 'shiftKey'>,
  { row, column }: GridCell,
  { rows, columns, page }: GridSize,
): GridCell | null {
  if (event.altKey || event.metaKey || event.shiftKey) return null;
  const last = rows - 1;
  const to = (nextRow: number, nextColumn = column): GridCell => ({
    row: Math.min(last, Math.max(-1, nextRow)),
    column: Math.min(columns - 1, Math.max(0, nextColumn)),
  });
  if (event.ctrlKey) {
    if (event.key === 'Home') return to(0, 0);
    if (event.key === 'End') return to(last, columns - 1);
    return null;
  }
  switch (event.key) {
    case 'ArrowDown':
      return to(row + 1);
    case 'ArrowUp':
      return to(row - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'PageDown':
      return to(row + page);
    case 'PageUp':
      return to(Math.max(0, row - page));
    // The list is one of studies: its first and its last are meant, not the ends of a row.
    case 'Home':
      return to(0);
    case 'End':
      return to(last);
    default:
      return null;
  }
}
