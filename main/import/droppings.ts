/** What operating systems leave in folders and on discs; never part of a study. */
const droppings = new Set(['.ds_store', 'thumbs.db', 'desktop.ini', '__macosx', '.trash', '.spotlight-v100']);

/** True for a name that an operating system put there, not a person or a scanner. */
export function isDropping(name: string): boolean {
  return droppings.has(name.toLowerCase()) || name.startsWith('._');
}
