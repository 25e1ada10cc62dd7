/** Rows drawn above and below those that can be seen, so that scrolling shows no gap. */
const margin = 12;

export interface RowsInView {
  readonly first: number;
  /** The one behind the last. */
  readonly end: number;
}

/** Which rows of one height are to be drawn. */
export function rowsInView(
  scrollTopPx: number,
  heightPx: number,
  rowHeightPx: number,
  count: number,
): RowsInView {
  const first = Math.floor(scrollTopPx / rowHeightPx) - margin;
  const end = Math.ceil((scrollTopPx + heightPx) / rowHeightPx) + margin;
  return {
    first: Math.min(Math.max(0, first), Math.max(0, count - 1)),
    end: Math.min(count, Math.max(0, end)),
  };
}

/** Where to scroll to so that a row is seen whole, with as little movement as can be. */
export function scrolledTo(row: number, scrollTopPx: number, heightPx: number, rowHeightPx: number): number {
  const top = row * rowHeightPx;
  if (top < scrollTopPx) return top;
  return Math.max(scrollTopPx, top + rowHeightPx - heightPx);
}
