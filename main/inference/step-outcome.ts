/**
 * Why a frame has no probability map. `no-picture`: there was nothing to segment, the model did not see it and its
 * memory is as it was. `not-finite`: the model answered with values that are not numbers, and began anew after it.
 */
export type UnsegmentedReason = 'no-picture' | 'not-finite';
/** What came of a frame: its probability map, or why there is none. */
export type StepOutcome = Float32Array | UnsegmentedReason;
