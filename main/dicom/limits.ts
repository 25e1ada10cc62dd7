/*
 * Limits that hold before anything is allocated. Studies are hostile input until parsed; no echocardiogram comes
 * near these values.
 */
export const maxRows = 8192;
export const maxColumns = 8192;
/** Pixels of one frame; keeps the working memory of a decoder under a quarter of a gigabyte. */
export const maxPixelsPerFrame = 1 << 24;
export const maxFrames = 20_000;
export const maxRegions = 64;
/** Values of attributes that are read; larger ones are stepped over, however large. */
export const maxValueBytes = 4 << 20;
/** Elements whose places are remembered; no file comes near, and the rest is stepped over. */
export const maxListedElements = 20_000;
export const maxSequenceDepth = 32;
/** Sequences without an end that are walked in one file before no more of undefined length are. */
export const maxEndlessSequences = 256;
/** Bytes that are searched for the next element where one is damaged, in one file. */
export const maxSearchedBytes = 16 << 20;
/** A deflated data set may grow to the larger of the floor and the ratio, never beyond the ceiling. */
export const inflatedFloorBytes = 16 << 20;
export const inflatedRatio = 200;
export const inflatedCeilingBytes = 192 << 20;
/** Fragments of one encapsulated pixel data element. */
export const maxFragments = 400_000;
/**
 * Processor time for the attributes of one file. They take milliseconds; this long means that the file has the parser
 * running in circles.
 */
export const readLimitMs = 2000;
/**
 * Processor time for one frame by its size: decoding takes a tenth of it on a slow machine, and loading a decoder the
 * rest of the constant part. More means that it will not end.
 */
export const decodeLimit = (pixels: number): number => 750 + (pixels / 1e6) * 1500;
/** Processor time for hashing, ms: it takes half a second per gigabyte, ten times that without instructions for it. */
export const hashLimit = (bytes: number): number => 2000 + (bytes / 1e6) * 20;
