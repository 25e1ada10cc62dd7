import type { ClipFacts, FramePixels } from '../../../core/clip/clip.ts';
import type { UltrasoundRegion } from '../../../core/clip/calibration.ts';
import type { Box } from '../../../core/geometry/point.ts';

export interface ScreenOptions {
  readonly rows: number;
  readonly columns: number;
  /** Virtual apex of the fan, image pixels. */
  readonly apex: readonly [number, number];
  readonly radius: number;
  /** The near field starts this far from the apex. */
  readonly nearRadius: number;
  readonly halfAngle: number;
  /** Tissue more than this angle from the middle is black, as where the probe has no contact. */
  readonly litAngle: number;
  readonly frames: number;
  readonly overlays: boolean;
}

export const usualScreen: ScreenOptions = {
  rows: 480,
  columns: 640,
  apex: [300, 40],
  radius: 360,
  nearRadius: 0,
  halfAngle: Math.PI / 4,
  litAngle: Math.PI / 4,
  frames: 8,
  overlays: true,
};

/** Where the fan of a screen ends, image pixels. */
export function fanBox({ apex, radius, nearRadius, halfAngle }: ScreenOptions): Box {
  return {
    minX: apex[0] - radius * Math.sin(halfAngle),
    minY: apex[1] + nearRadius * Math.cos(halfAngle),
    maxX: apex[0] + radius * Math.sin(halfAngle),
    maxY: apex[1] + radius,
  };
}

/** The same in whole pixels, as a file's ultrasound region has it. */
export function fanRegion(options: ScreenOptions): Box {
  const { minX, minY, maxX, maxY } = fanBox(options);
  return { minX: Math.floor(minX), minY: Math.floor(minY), maxX: Math.ceil(maxX), maxY: Math.ceil(maxY) };
}

/** A scanner's screen as RGB frames: speckle that moves in a fan and, around it, what scanners draw. */
export function screenFrames(options: ScreenOptions): FramePixels[] {
  return Array.from({ length: options.frames }, (_, frame) => screenFrame(options, frame));
}

function screenFrame(options: ScreenOptions, frame: number): FramePixels {
  const { rows, columns, apex, radius, nearRadius, litAngle } = options;
  const data = new Uint8Array(rows * columns * 3);
  const paint = (x: number, y: number, red: number, green: number, blue: number): void => {
    if (x < 0 || y < 0 || x >= columns || y >= rows) return;
    data.set([red, green, blue], (y * columns + x) * 3);
  };
  const rectangle = (x0: number, y0: number, width: number, height: number, level: number): void => {
    for (let y = y0; y < y0 + height; y += 1) {
      for (let x = x0; x < x0 + width; x += 1) paint(x, y, level, level, level);
    }
  };
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const depth = Math.hypot(x - apex[0], y - apex[1]);
      const angle = Math.abs(Math.atan2(x - apex[0], y - apex[1]));
      if (depth < nearRadius || depth > radius || angle > litAngle) continue;
      const level = 10 + 50 * noise(x >> 1, y >> 1, frame);
      paint(x, y, level, level, level);
    }
  }
  if (!options.overlays) return { rows, columns, channels: 3, data };
  // A title strip, letters in columns on both sides, a grey bar, a logo, depth ticks.
  rectangle(0, 0, columns, 24, 60);
  for (let line = 0; line < 9; line += 1) {
    for (let letter = 0; letter < 7; letter += 1) {
      // Each letter a stem and two bars, two pixels thick; a clock that ticks among them.
      const level = line === 2 && letter > 4 ? 120 + 100 * (frame % 2) : 220;
      const [x, y] = [columns - 90 + letter * 12, 60 + line * 20];
      rectangle(x, y, 2, 12, level);
      rectangle(x, y, 8, 2, level);
      rectangle(x, y + 6, 6, 2, level);
    }
  }
  for (let level = 0; level < 150; level += 1) rectangle(8, 60 + level, 12, 1, 255 - level);
  rectangle(apex[0] + 40, 30, 14, 14, 180);
  for (let y = 40; y < rows - 70; y += 30) rectangle(columns - 110, y, 6, 1, 200);
  // An ECG strip below: the drawn curve grows from frame to frame and a bar shows where it is now.
  const now = Math.round(((frame + 1) / options.frames) * columns * 0.9);
  for (let x = 20; x < now; x += 1) {
    const beat = x % 150 < 8 ? 30 : 0;
    for (let y = rows - 20 - beat; y < rows - 18; y += 1) paint(x, y, 40, 200, 60);
  }
  rectangle(now, rows - 60, 4, 55, 255);
  return { rows, columns, channels: 3, data };
}

/** A hash in 0…1 that looks like speckle. */
function noise(x: number, y: number, frame: number): number {
  let hash = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(frame + 1, 2246822519);
  hash = Math.imul(hash ^ (hash >>> 13), 1274126177);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export function region(box: Box, spatialFormat = 1, dataType = 1): UltrasoundRegion {
  return { box, spatialFormat, dataType, unitsX: 3, unitsY: 3, deltaX: 0.04, deltaY: 0.04 };
}

export function clipFacts(options: ScreenOptions, regions: readonly UltrasoundRegion[] = []): ClipFacts {
  return {
    sopInstanceUid: '1.2.3',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    seriesInstanceUid: '1.2',
    studyInstanceUid: '1',
    instanceNumber: 1,
    fileName: 'screen.dcm',
    rows: options.rows,
    columns: options.columns,
    frames: options.frames,
    timing: {
      source: 'frame-time',
      guessed: false,
      frameTimesMs: Array.from({ length: options.frames }, (_, frame) => frame * 20),
      durationMs: options.frames * 20,
      playback: 'loop',
    },
    regions,
    pixelSpacingMm: null,
    pixelAspectRatio: null,
    stage: null,
    viewName: null,
    viewNumber: null,
    view: { code: 'a4c', source: 'file' },
    heartRateBpm: null,
    rWaveTimesMs: [],
    colourOverlay: false,
    bMode: true,
    lossy: false,
    acquiredAt: null,
    manufacturer: null,
    manufacturerModel: null,
    oddities: [],
  };
}
