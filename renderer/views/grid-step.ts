/** Where an arrow key goes from a tile of a grid that is so many tiles wide; null where it leads nowhere. */
export function gridStep(key: string, at: number, count: number, columns: number): number | null {
  const to =
    key === 'ArrowRight'
      ? at + 1
      : key === 'ArrowLeft'
        ? at - 1
        : key === 'ArrowDown'
          ? at + columns
          : key === 'ArrowUp'
            ? at - columns
            : key === 'Home'
              ? 0
              : key === 'End'
                ? count - 1
                : -1;
  return to >= 0 && to < count ? to : null;
}
