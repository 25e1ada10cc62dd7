import type { StructureId } from '../../core/structure/structure.ts';
import { session } from './session.svelte.ts';

/** In one entry of the layout, because ids are as long as its names may be. */
const entry = 'structures.hidden';

function hidden(): readonly StructureId[] {
  const value = session.settings.layout[entry];
  return typeof value === 'string' && value !== '' ? value.split(',') : [];
}

/** Whether contours of a structure are drawn; remembered with the layout. */
export const isShown = (structure: StructureId): boolean => !hidden().includes(structure);

export function setShown(structure: StructureId, shown: boolean): void {
  if (isShown(structure) === shown) return;
  const others = hidden().filter((id) => id !== structure);
  session.remember(entry, (shown ? others : [...others, structure]).join(','));
}
