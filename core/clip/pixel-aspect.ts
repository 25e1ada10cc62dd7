import type { Box } from '../geometry/point.ts';
import type { UltrasoundRegion } from './calibration.ts';
import type { ClipFacts } from './clip.ts';
import { clipPictures, governingPicture } from './pictures.ts';

/** Beyond these a stated aspect is a mistake: it would draw a heart as a line. */
const leastAspect = 0.2;
const greatestAspect = 5;
/** Pictures of one clip that agree within this have one aspect. */
const tolerance = 0.01;

type AspectFacts = Pick<ClipFacts, 'regions' | 'rows' | 'columns' | 'pixelSpacingMm' | 'pixelAspectRatio'>;

/**
 * Width of a pixel over its height, for whatever has to be in the proportions of the body: the picture on screen and
 * on paper, a ruler, areas and EF without a calibration.
 *
 * From the governing picture's region (Physical Delta X over Y, PS3.3 C.8.5.5), of several pictures where they agree;
 * else from Pixel Spacing (0028,0030); else from Pixel Aspect Ratio (0028,0034), which the standard allows only where
 * no spacing is given (C.7.6.3.1.7), or what stands in its place (facts); else 1.
 *
 * @param chosen box of the picture that the reader chose, null where there is none to choose
 */
export function pixelAspect(facts: AspectFacts, chosen: Box | null = null): number {
  const picture = governingPicture(facts, chosen);
  const pictures = picture === null ? clipPictures(facts) : [picture];
  const stated = agreed(pictures.flatMap(({ regions }) => regions.map(regionAspect)));
  if (stated !== null) return stated;
  if (facts.pixelSpacingMm !== null) {
    const [vertical, horizontal] = facts.pixelSpacingMm;
    const aspect = plausible(horizontal / vertical);
    if (aspect !== null) return aspect;
  }
  if (facts.pixelAspectRatio !== null) {
    const [vertical, horizontal] = facts.pixelAspectRatio;
    const aspect = plausible(horizontal / vertical);
    if (aspect !== null) return aspect;
  }
  return 1;
}

/** Both axes in one unit, whichever it is: their quotient has none. Unit 0 is "none", with deltas that say nothing. */
function regionAspect({ unitsX, unitsY, deltaX, deltaY }: UltrasoundRegion): number | null {
  if (unitsX === null || unitsX === 0 || unitsX !== unitsY || deltaX === null || deltaY === null) return null;
  return plausible(Math.abs(deltaX / deltaY));
}

function plausible(aspect: number): number | null {
  return aspect >= leastAspect && aspect <= greatestAspect ? aspect : null;
}

function agreed(aspects: readonly (number | null)[]): number | null {
  const known = aspects.filter((aspect) => aspect !== null);
  const [first] = known;
  if (first === undefined) return null;
  return known.every((aspect) => Math.abs(aspect - first) <= tolerance * first) ? first : null;
}
