/** How many rows the narrow list draws; the worklist has all of them. */
const mostNeighbours = 60;
/** Of them before the one on screen. */
const before = 20;

/** The part of a list around one of its places; from its beginning where that is none. */
export function neighbours<Item>(all: readonly Item[], index: number): readonly Item[] {
  const first = Math.max(0, Math.min(index - before, all.length - mostNeighbours));
  return all.slice(first, first + mostNeighbours);
}
