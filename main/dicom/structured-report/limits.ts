/*
 * Limits of structured reports, which hold before anything is made of them. A report of contours on every frame of the
 * longest clip comes near; no scanner does.
 */
export const mostReportBytes = 512 << 20;
/** Elements of a report whose places are remembered. */
export const mostElements = 500_000;
/** Content items of one report. */
export const mostItems = 100_000;
/** Levels of content items; the templates that are read have nine. */
export const deepestItem = 20;
/** Coordinates of one region, x and y in turn. */
export const mostCoordinates = 40_000;
/** Coordinates of all regions of a report together. */
export const mostCoordinatesInAll = 20_000_000;
/** Frames that one region may be drawn on. */
export const mostFramesOfRegion = 1000;
/** Processor time for reading a report by its size, ms: a few megabytes a second on a slow machine. */
export const reportLimitMs = (bytes: number): number => 2000 + (bytes / 1e6) * 250;
