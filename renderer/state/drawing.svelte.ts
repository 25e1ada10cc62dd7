import { tracedStructures } from '../../core/review/traces.ts';
import {
  leftVentricularCavity,
  structures,
  type Structure,
  type StructureId,
} from '../../core/structure/structure.ts';
import { isShown, setShown } from './hidden-structures.ts';
import { workspace } from './workspace.svelte.ts';

/** What a pointer on a picture does: adjust contour and marks, draw a part over or anew, the ruler, or put down a mark. */
export type Tool = 'adjust' | 'redraw' | 'draw' | 'ruler' | 'caliper' | 'note';

/** What a pointer draws, and what is drawn over pictures. */
class Drawing {
  tool = $state<Tool>('adjust');
  /** What is contoured: the drawing tools and the keys act on it. */
  structure = $state<StructureId>(leftVentricularCavity);
  showContours = $state(true);
  showDisks = $state(false);

  /** What can be contoured in the active clip: what belongs to its view, and what has contours in it. */
  readonly structures: readonly Structure[] = $derived.by(() => {
    const clip = workspace.activeClip;
    const review = clip && workspace.study?.clipReview(clip.sopInstanceUid);
    if (!review) return [];
    const traced = tracedStructures(review);
    const view = workspace.viewOf(clip.sopInstanceUid).code;
    return structures().filter(({ id, views }) => views.includes(view) || traced.includes(id));
  });

  isShown(structure: StructureId): boolean {
    return isShown(structure);
  }

  /** Turns to a structure, which is then seen. */
  contour(structure: StructureId): void {
    this.structure = structure;
    setShown(structure, true);
  }

  /** Turns to the next of the structures that the clip can have. */
  contourNext(): void {
    const ids = this.structures.map(({ id }) => id);
    const next = ids[(ids.indexOf(this.structure) + 1) % ids.length];
    if (next !== undefined) this.contour(next);
  }

  toggleShown(structure: StructureId): void {
    setShown(structure, !isShown(structure));
  }

  /** As it is when a study is opened. */
  reset(): void {
    this.tool = 'adjust';
    this.structure = leftVentricularCavity;
  }
}

export const drawing = new Drawing();
