import { describe, expect, it } from 'vitest';
import { biplaneVolume, diskDiameters, singlePlaneVolume } from '../../../core/volume/disks.ts';
import { inMillimetres, longAxis } from '../../../core/volume/long-axis.ts';
import { filledFraction } from '../../fixtures/phantom/cardiac-cycle.ts';
import { type PhantomClip, phantomClip } from '../../fixtures/phantom/phantom.ts';
import { ventricleAtVolume, ventricleVolumeMl } from '../../fixtures/phantom/ventricle.ts';

const options = { edvMl: 140, seed: 5, frames: 6, frameRate: 10 } as const;

/** The plane of the method of disks of a true contour, in mm. */
function planeOf(clip: PhantomClip, frame: number) {
  const spacing = { mmPerPixelX: clip.mmPerPixel, mmPerPixelY: clip.mmPerPixel };
  const contour = inMillimetres(clip.contours[frame]!, spacing);
  const axis = longAxis(contour[0]!, contour.at(-1)!, contour[(contour.length - 1) / 2]!);
  return { length: axis.length, diameters: diskDiameters(contour, axis) };
}

describe('phantom', () => {
  it.each([25, 55, 65])(
    'at EF %i percent: the volumes are those that the method of disks finds',
    (ejectionFraction) => {
      const a4c = phantomClip({ ...options, view: 'a4c', ejectionFraction });
      const a2c = phantomClip({ ...options, view: 'a2c', ejectionFraction });
      expect(a4c.volumesMl).toEqual(a2c.volumesMl);
      for (let frame = 0; frame < options.frames; frame += 1) {
        const four = planeOf(a4c, frame);
        const two = planeOf(a2c, frame);
        expect(biplaneVolume(four, two) / 1000 / a4c.volumesMl[frame]!).toBeCloseTo(1, 2);
        expect(singlePlaneVolume(four) / 1000 / a4c.volumesMl[frame]!).toBeCloseTo(1.1, 2);
      }
      const largest = Math.max(...a4c.volumesMl);
      expect(largest).toBeCloseTo(140, 6);
      expect(a4c.volumesMl[a4c.edFrame]).toBe(largest);
      expect(a4c.volumesMl[a4c.esFrame]).toBe(Math.min(...a4c.volumesMl.slice(a4c.edFrame)));
    },
  );

  it('ejects the fraction that was asked for', () => {
    for (const ejectionFraction of [10, 25, 55, 75]) {
      const rest = ventricleAtVolume(120, 120 * (1 - ejectionFraction / 100));
      expect(ventricleVolumeMl(rest)).toBeCloseTo(120 * (1 - ejectionFraction / 100), 9);
    }
    const curve = Array.from({ length: 1000 }, (_, index) => filledFraction(index / 1000));
    expect(Math.max(...curve)).toBe(1);
    expect(Math.min(...curve)).toBe(0);
    const steepest = curve.slice(1).map((value, index) => Math.abs(value - curve[index]!));
    expect(Math.max(...steepest)).toBeLessThan(0.008);
  });

  it('has masks of the contours, and pictures whose cavity is darker than its wall', () => {
    const clip = phantomClip({ ...options, view: 'a4c', ejectionFraction: 55 });
    clip.masks.forEach((mask, frame) => {
      const area = mask.reduce((sum, value) => sum + value / 255, 0);
      const contour = clip.contours[frame]!;
      const shoelace = contour.reduce((sum, [x, y], index) => {
        const [nextX, nextY] = contour[(index + 1) % contour.length]!;
        return sum + (x * nextY - nextX * y) / 2;
      }, 0);
      expect(area / Math.abs(shoelace)).toBeCloseTo(1, 2);
      const pixels = clip.frames[frame]!;
      const mean = (inside: boolean, near: number) => {
        let sum = 0;
        let count = 0;
        for (let at = near; at < mask.length - near; at += 1) {
          const edge = mask[at - near] !== mask[at + near];
          if (!edge || (mask[at] === 255) !== inside) continue;
          sum += pixels.data[3 * at]!;
          count += 1;
        }
        return sum / count;
      };
      expect(mean(false, 8)).toBeGreaterThan(mean(true, 8) + 20);
    });
  });

  it('is the same for the same seed and another for another', () => {
    const short = { ...options, view: 'a2c', ejectionFraction: 55, frames: 2 } as const;
    const first = phantomClip(short).frames[1]!.data;
    expect(Buffer.compare(first, phantomClip(short).frames[1]!.data)).toBe(0);
    expect(Buffer.compare(first, phantomClip({ ...short, seed: 6 }).frames[1]!.data)).not.toBe(0);
  });
});
