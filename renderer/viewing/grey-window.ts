/**
 * Brightness and contrast of a picture on screen, as a window over its 8-bit levels (PS3.3 C.11.2.1.3.2, linear
 * exact): levels below it are black, above it white. It never touches what is stored, measured, reported or shown to
 * a model.
 */
export interface GreyWindow {
  readonly centre: number;
  readonly width: number;
}

/** Every level as it is. */
export const asRecorded: GreyWindow = { centre: 127.5, width: 255 };

const leastWidth = 16;
const greatestWidth = 1020;

/** The four windows on keys: as recorded, for faint walls, with strong contrast, and dimmed; their words are `clip.look.preset.…`. */
export const greyPresets = [
  { id: 'recorded', window: asRecorded },
  { id: 'faint', window: { centre: 70, width: 140 } },
  { id: 'contrast', window: { centre: 110, width: 130 } },
  { id: 'dim', window: { centre: 190, width: 380 } },
] as const satisfies readonly { id: string; window: GreyWindow }[];

export const isAsRecorded = ({ centre, width }: GreyWindow): boolean =>
  centre === asRecorded.centre && width === asRecorded.width;

/** The window within its limits: some part of the levels stays visible. */
export function limited({ centre, width }: GreyWindow): GreyWindow {
  const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
  return { centre: within(centre, 0, 255), width: within(width, leastWidth, greatestWidth) };
}

/** A drag with the right button: to the right more contrast, upwards brighter. */
export function draggedWindow(from: GreyWindow, [dx, dy]: readonly [number, number]): GreyWindow {
  const width = from.width * Math.exp(-dx / 250);
  return limited({ width, centre: from.centre + dy * 0.5 });
}

/** Screen level of each 8-bit level. */
export function levelTable({ centre, width }: GreyWindow): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, level) => ((level - centre) / width) * 255 + 127.5);
}

/** Contrast as people turn it, 1 as recorded; and brightness, in levels, 0 as recorded. */
export const contrastOf = ({ width }: GreyWindow): number => asRecorded.width / width;
export const brightnessOf = ({ centre }: GreyWindow): number => asRecorded.centre - centre;

export const windowOf = (contrast: number, brightness: number): GreyWindow =>
  limited({ width: asRecorded.width / contrast, centre: asRecorded.centre - brightness });
