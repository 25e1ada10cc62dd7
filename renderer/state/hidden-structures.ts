import type { StructureId } from '../../core/structure/structure.ts';
import { session } from './session.svelte.ts';

/** An entry for each that is hidden, so that two windows may hide one each. */
const entryOf = (structure: StructureId): string => `structure.hidden.${structure}`;

/** Whether contours of a structure are drawn; remembered with the layout. */
export const isShown = (structure: StructureId): boolean =>
  session.settings.layout[entryOf(structure)] !== true;

export function setShown(structure: StructureId, shown: boolean): void {
  session.remember(entryOf(structure), shown ? null : true);
}
