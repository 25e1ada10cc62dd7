import type { FramePixels } from '../../../core/clip/clip.ts';
import { SystolaError } from '../../../core/error.ts';
import { greyLevels } from '../../../core/sector/grey.ts';
import { type ExportSnapshot, PicturesStay } from '../exporter.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';

/** The displayed pixels of a frame; null where its data are damaged, or where its clip's pictures do not leave. */
export async function pictureOf(
  snapshot: ExportSnapshot,
  { facts }: ResearchClip,
  frame: number,
): Promise<FramePixels | null> {
  try {
    return await snapshot.frame(facts.sopInstanceUid, frame);
  } catch (error) {
    if (error instanceof PicturesStay) return null;
    if (error instanceof SystolaError && error.code === 'decode-failed') return null;
    throw error;
  }
}

/** A frame in grey levels, row-major; null as {@link pictureOf}. */
export async function greyPicture(
  snapshot: ExportSnapshot,
  clip: ResearchClip,
  frame: number,
): Promise<Uint8Array | null> {
  const picture = await pictureOf(snapshot, clip, frame);
  return picture && greyLevels(picture);
}

/** Mean rate of a clip's frames from its first to its last, a second; null for a still. */
export function frameRate({ facts }: ResearchClip): number | null {
  const times = facts.timing.frameTimesMs;
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  return span > 0 ? (1000 * (times.length - 1)) / span : null;
}
