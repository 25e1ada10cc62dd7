import type { Point } from '../../core/geometry/point.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { buildDicom, type DicomOptions } from '../fixtures/dicom/build.ts';

export const beatingSize = { rows: 180, columns: 240, frames: 31 } as const;
export const beatingStudy = '1.2.826.0.1.3680043.10.1.1';
export const beatingSop = '1.2.826.0.1.3680043.10.1.2';

const base: Point = [120, 140];
/** 0.8 mm a pixel in both directions. */
const cmPerPixel = 0.08;
/** Half width of the cavity in pixels: largest at frames 0 and 30, smallest at frame 12. */
const halfWidth = (frame: number) => {
  const phase = frame <= 12 ? frame / 12 : (30 - frame) / 18;
  return 34 - 10 * Math.sin((Math.PI / 2) * Math.max(0, phase));
};
const length = (frame: number) => halfWidth(frame) * 3.2;

/** The contour of a frame: half an ellipse on its base line, hinge to hinge over the apex. */
export const beatingTrace = (frame: number): Trace => arch(halfWidth(frame), length(frame));

/** The wall around the cavity of a frame, 10 pixels of it. */
export const beatingWall = (frame: number): Trace => arch(halfWidth(frame) + 10, length(frame) + 10);

/** Below the cavity, in a picture of this many rows. */
const rowsWithAtrium = 240;

/** Half-axes down and across of the atrium below the cavity, and how far below the base line its middle lies, pixels. */
function atriumShape(frame: number): { down: number; across: number; middle: number } {
  const smaller = 34 - halfWidth(frame);
  const [down, across] = [36 + 0.6 * smaller, 36 + 0.6 * smaller];
  return { down, across, middle: down * Math.sqrt(1 - (halfWidth(frame) / across) ** 2) };
}

/** The atrium below the cavity, an ellipse cut off at the base line, largest where the ventricle is smallest. */
export function beatingAtrium(frame: number): Trace {
  const { down, across, middle } = atriumShape(frame);
  const cut = Math.asin(middle / down);
  return through((share) => {
    const angle = Math.PI + cut - (Math.PI + 2 * cut) * share;
    return [across * Math.cos(angle), middle + down * Math.sin(angle)];
  });
}

/** Half an ellipse on the base line. */
const arch = (half: number, high: number): Trace =>
  through((share) => {
    const angle = Math.PI * (1 - share);
    return [half * Math.cos(angle), -high * Math.sin(angle)];
  });

/** A contour from the left hinge to the right one, by places beside the middle of the base line. */
function through(place: (share: number) => Point): Trace {
  const points = Array.from({ length: 13 }, (_, index): Point => {
    const [x, y] = place(index / 12);
    return [base[0] + x, base[1] + y];
  });
  return { points, apexIndex: 6, source: { kind: 'manual' }, confidence: null };
}

export const beatingTraces = (frames: readonly number[] = [...Array(beatingSize.frames).keys()]) =>
  Object.fromEntries(frames.map((frame) => [frame, beatingTrace(frame)]));

/** A small loop with a dark cavity that beats once: 31 frames, 40 ms each unless told otherwise. */
export function beatingClip(options: DicomOptions = {}): Uint8Array {
  const { rows, columns, frames } = beatingSize;
  return buildDicom({
    rows,
    columns,
    frames,
    studyInstanceUid: beatingStudy,
    sopInstanceUid: beatingSop,
    patientName: 'Beating^Heart',
    view: { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' },
    regions: [{ box: [0, 0, columns - 1, rows - 1], deltaX: cmPerPixel, deltaY: cmPerPixel }],
    pixels: (frame) => picture(frame, 0),
    ...options,
  });
}

/**
 * Beats on and on, its speckle moving as that of tissue does: a picture of which next to nothing moves is taken for a
 * frozen one, which has no ejection fraction. The contours are the same.
 */
export function speckledBeatingClip(options: DicomOptions = {}): Uint8Array {
  // Both the beat and the pattern come again.
  const drawn = new Map<string, Uint8Array>();
  const pixels = (frame: number): Uint8Array => {
    const [beat, shift] = [frame % (beatingSize.frames - 1), (frame * 17) % pattern];
    const key = `${beat}/${shift}`;
    const known = drawn.get(key) ?? picture(beat, shift);
    drawn.set(key, known);
    return known;
  };
  return beatingClip({ pixels, ...options });
}

/** Levels that the pattern around the cavity has. */
const pattern = 60;

/** The same with room for an atrium below, which is dark as the cavity is. */
export const beatingClipWithAtrium = (): Uint8Array =>
  beatingClip({
    rows: rowsWithAtrium,
    regions: [
      { box: [0, 0, beatingSize.columns - 1, rowsWithAtrium - 1], deltaX: cmPerPixel, deltaY: cmPerPixel },
    ],
    pixels: (frame) => picture(frame, 0, rowsWithAtrium),
  });

/** The same with cavity, wall and atrium in grey levels of their own, and a pattern that moves. */
export function layeredBeatingClip(levels: StructureLevels, options: DicomOptions = {}): Uint8Array {
  const { columns } = beatingSize;
  return beatingClip({
    rows: rowsWithAtrium,
    regions: [{ box: [0, 0, columns - 1, rowsWithAtrium - 1], deltaX: cmPerPixel, deltaY: cmPerPixel }],
    pixels: (frame) => layeredPixels(frame, levels),
    ...options,
  });
}

/** One frame of it. */
export const layeredPixels = (frame: number, levels: StructureLevels): Uint8Array =>
  layeredPicture(frame % (beatingSize.frames - 1), (frame * 17) % pattern, levels);

/** Grey levels of what a layered picture shows; a pattern of up to 30 is added. */
export type StructureLevels = Readonly<Record<'cavity' | 'wall' | 'around' | 'atrium', number>>;

function layeredPicture(frame: number, shift: number, levels: StructureLevels): Uint8Array {
  const { columns } = beatingSize;
  const atrium = atriumShape(frame);
  const pixels = new Uint8Array(rowsWithAtrium * columns);
  const within = (aside: number, above: number, wall: number): boolean =>
    above >= 0 && (aside / (halfWidth(frame) + wall)) ** 2 + (above / (length(frame) + wall)) ** 2 <= 1;
  for (let y = 0; y < rowsWithAtrium; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const [aside, below] = [x - base[0], y - base[1]];
      const inAtrium =
        below > 0 && (aside / atrium.across) ** 2 + ((below - atrium.middle) / atrium.down) ** 2 <= 1;
      const level = inAtrium
        ? levels.atrium
        : within(aside, -below, 0)
          ? levels.cavity
          : within(aside, -below, 10)
            ? levels.wall
            : levels.around;
      pixels[y * columns + x] = Math.min(255, level + ((x * 7 + y * 13 + shift) % pattern) / 2);
    }
  }
  return pixels;
}

/** @param shift moves the pattern around the cavity */
function picture(frame: number, shift: number, rows: number = beatingSize.rows): Uint8Array {
  const { columns } = beatingSize;
  const atrium = atriumShape(frame);
  const pixels = new Uint8Array(rows * columns);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const [aside, below] = [x - base[0], y - base[1]];
      const inside =
        below <= 0
          ? (aside / halfWidth(frame)) ** 2 + (below / length(frame)) ** 2 <= 1
          : rows > beatingSize.rows &&
            (aside / atrium.across) ** 2 + ((below - atrium.middle) / atrium.down) ** 2 <= 1;
      pixels[y * columns + x] = inside ? 18 : 90 + ((x * 7 + y * 13 + shift) % pattern);
    }
  }
  return pixels;
}
