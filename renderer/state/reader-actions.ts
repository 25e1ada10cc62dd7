let actions = 0;

/** How often the reader has pressed a key or a button of the mouse in this window. */
export const readerActions = (): number => actions;

/** Counts presses of keys and buttons; returns a function that stops it. */
export function countReaderActions(target: EventTarget): () => void {
  const count = () => (actions += 1);
  for (const type of ['pointerdown', 'keydown']) target.addEventListener(type, count, true);
  return () => {
    for (const type of ['pointerdown', 'keydown']) target.removeEventListener(type, count, true);
  };
}
