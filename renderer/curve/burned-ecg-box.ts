import type { ClipFacts, FramePixels } from '../../core/clip/clip.ts';
import type { Box } from '../../core/geometry/point.ts';
import { burnedEcg } from '../../core/sector/burned-ecg.ts';
import { framePixels } from '../imaging/frame-image.ts';
import { sampledFrames } from '../viewing/sector-fit.ts';

const known = new WeakMap<ClipFacts, Box | null>();

/** Where an ECG is drawn into a clip's pictures, looked for once and when the window has nothing else to do. */
export async function burnedEcgBox(clip: ClipFacts): Promise<Box | null> {
  const found = known.get(clip);
  if (found !== undefined) return found;
  const read = await Promise.allSettled(
    sampledFrames(clip.frames).map((frame) => framePixels(clip.sopInstanceUid, frame)),
  );
  const pixels = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const [first] = pixels;
  const isAlike = ({ rows, columns }: FramePixels) => rows === first?.rows && columns === first.columns;
  await idle();
  const box = burnedEcg(pixels.filter(isAlike), clip.regions);
  known.set(clip, box);
  return box;
}

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 2000 });
    else setTimeout(resolve, 200);
  });
