let actions = 0;

const presses = ['pointerdown', 'keydown', 'wheel'] as const;

/** How often the reader has pressed a key or a button of the mouse, or turned its wheel, in this window. */
export const readerActions = (): number => actions;

/** Counts them; returns a function that stops it. */
export function countReaderActions(target: EventTarget): () => void {
  const count = () => (actions += 1);
  for (const type of presses) target.addEventListener(type, count, { capture: true, passive: true });
  return () => {
    for (const type of presses) target.removeEventListener(type, count, true);
  };
}
