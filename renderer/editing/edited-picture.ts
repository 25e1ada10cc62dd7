import type { PixelSpacing } from '../../core/geometry/point.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import type { Tool } from '../state/drawing.svelte.ts';
import type { PicturePlacement } from '../viewing/placement.ts';

/** What the editor needs to know of its picture. */
export interface EditedPicture {
  readonly study: OpenStudy;
  readonly sopInstanceUid: string;
  /** Frame on screen; editing begins on it and stays with it. */
  frame(): number | null;
  /** mm per pixel, or the pixels' proportions where no scale is known. */
  spacing(): PixelSpacing;
  /** Whether `spacing` is in millimetres. */
  calibrated(): boolean;
  /** Where the picture lies on screen. */
  placement(): PicturePlacement;
}

/** What the reader works with, in all pictures alike; the workspace. Editing turns to another structure or tool, too. */
export interface ReadersChoice {
  tool: Tool;
  structure: StructureId;
  showContours: boolean;
  /** Whether a structure's contours are drawn, where contours are. */
  isShown(structure: StructureId): boolean;
  /** Turns to a structure, which is then seen. */
  contour(structure: StructureId): void;
}
