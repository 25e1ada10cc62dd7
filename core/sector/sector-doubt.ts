import type { Sector, SectorDoubt } from '../clip/clip.ts';
import type { Box } from '../geometry/point.ts';

/** A corner of the fan may lie this share of the picture's width outside of it before tissue is missing. */
const largestOverhang = 0.04;
/** A sector's box is between so many times wider than high; real ones lie between 0.9 and 1.4. */
const narrowest = 0.5;
const widest = 2.2;
/** A region this many times larger than the tissue seen in it gives the model margins that it does not know. */
const largestLooseRegion = 1.35;

/** What the sector was told from. */
export interface SectorEvidence {
  /** The box that was chosen; pixels, edges included. */
  readonly box: Box;
  readonly source: Sector['source'];
  /** The whole picture. */
  readonly picture: Box;
  /** The fan that was fitted, before it was cut at the picture's edge; null when none was. */
  readonly fan: Box | null;
  /** What moves or shines; null when nothing does. */
  readonly tissue: Box | null;
}

/** Why the box may be wrong; undefined when nothing speaks against it. */
export function sectorDoubt({ box, source, picture, fan, tissue }: SectorEvidence): SectorDoubt | undefined {
  if (source === 'frame') return 'not-found';
  const shape = width(box) / height(box);
  if (shape < narrowest || shape > widest) return 'odd-shape';
  if (fan !== null) {
    const overhang = Math.max(picture.minX - fan.minX, fan.maxX - picture.maxX);
    return overhang > largestOverhang * width(picture) ? 'cut-off' : undefined;
  }
  // Where nothing moves or shines, the file's word stands.
  if (tissue === null) return undefined;
  const loose = width(box) * height(box) > largestLooseRegion * width(tissue) * height(tissue);
  return loose ? 'loose' : undefined;
}

const width = ({ minX, maxX }: Box): number => maxX - minX + 1;
const height = ({ minY, maxY }: Box): number => maxY - minY + 1;
