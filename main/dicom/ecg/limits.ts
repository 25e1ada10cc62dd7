/** Of one waveform or curve; half an hour of twelve leads at 500 samples a second has 22 MB, a loop's ECG some kilobytes. */
export const mostEcgBytes = 8 << 20;
export const mostGroups = 16;
export const mostChannels = 64;
/** What a window is sent of it: many times what a strip is wide. */
export const mostTraceValues = 8000;
/** Slower is no ECG, faster is no recording of one. */
export const leastSamplesPerSecond = 20;
export const mostSamplesPerSecond = 20_000;
/** Beyond a day nothing belongs to a loop. */
export const mostStartMs = 86_400_000;
