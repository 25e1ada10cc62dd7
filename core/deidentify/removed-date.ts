/** Day that stands where a date had to stand and was taken out, in what Systola writes and others do. */
const removedDay = '1900-01-01';

/**
 * When anything was done, in a study without its patient. Moved by the patient's days it would tell them to whoever sees
 * when the files were made; so it is told of nothing.
 */
export const removedMoment = `${removedDay}T00:00:00.000Z`;

/** Whether a date or moment (ISO 8601) is one that was taken out: no echo was made on that day. */
export const isRemovedDate = (iso: string): boolean => iso.startsWith(removedDay);
