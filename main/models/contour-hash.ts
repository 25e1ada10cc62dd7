import { createHash } from 'node:crypto';
import { contourRecipe } from '../../core/model/contour-recipe.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';

/** SHA-256 of everything in a manifest that decides contours: the same graph with another threshold has another. */
export function contourHash(manifest: ModelManifest): string {
  return createHash('sha256').update(JSON.stringify(contourRecipe(manifest))).digest('hex');
}
