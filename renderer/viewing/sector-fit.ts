import type { ClipFacts, FramePixels, Sector, SectorDoubt } from '../../core/clip/clip.ts';
import { lacksPictureChoice } from '../../core/clip/pictures.ts';
import type { Box } from '../../core/geometry/point.ts';
import { findSector } from '../../core/sector/find-sector.ts';

/** Share of the sector's sides left around it, so that its edges are seen. */
const margin = 0.015;
/** Frames that tell tissue, which moves, from what stands around it. */
const samples = 12;

/** Doubts with which the whole frame is shown: what was found may be a part of the sector only. */
const doubtful: readonly (SectorDoubt | undefined)[] = ['not-found', 'odd-shape', 'loose'];

/** What fills a picture at zoom 1; null for the whole frame, where no sector could be told from it. */
export function fitBox(sector: Sector, { columns, rows }: Pick<ClipFacts, 'columns' | 'rows'>): Box | null {
  if (sector.source === 'frame' || doubtful.includes(sector.doubt)) return null;
  const { minX, minY, maxX, maxY } = sector.box;
  const [aroundX, aroundY] = [margin * (maxX - minX), margin * (maxY - minY)];
  const box = {
    minX: Math.max(0, minX - aroundX),
    minY: Math.max(0, minY - aroundY),
    maxX: Math.min(columns - 1, maxX + aroundX),
    maxY: Math.min(rows - 1, maxY + aroundY),
  };
  return box.maxX - box.minX >= 16 && box.maxY - box.minY >= 16 ? box : null;
}

/** Frames that a sector is looked for in, spread over the clip. */
export function sampledFrames(frames: number): number[] {
  const count = Math.min(samples, frames);
  return [
    ...new Set(
      Array.from({ length: count }, (_, index) =>
        count === 1 ? 0 : Math.round((index * (frames - 1)) / (count - 1)),
      ),
    ),
  ];
}

/**
 * Looks for the sector as a run does, in the frames that the reader sees, so that the first picture is the sector
 * also where no model has run. What is no B-mode picture is shown whole, and so is a clip of several pictures.
 */
export async function findFit(
  clip: ClipFacts,
  frame: (frame: number) => Promise<FramePixels>,
): Promise<Box | null> {
  if (!clip.bMode || lacksPictureChoice(clip, null)) return null;
  const read = await Promise.allSettled(sampledFrames(clip.frames).map(frame));
  const pixels = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const first = pixels[0];
  if (!first) return null;
  const alike = pixels.filter(({ rows, columns }) => rows === first.rows && columns === first.columns);
  return fitBox(findSector(alike, clip), clip);
}
