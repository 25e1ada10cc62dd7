const separator = '~';

/**
 * Some senders give one Study Instance UID to the studies of two patients. Each is then a study of its own: the
 * first to arrive goes by its UID, others by the UID with a number, and their clips with them.
 *
 * @param ordinal 1 for the first patient, 2 for the second, …
 */
export function studyKey(studyInstanceUid: string, ordinal: number): string {
  return ordinal === 1 ? studyInstanceUid : `${studyInstanceUid}${separator}${ordinal}`;
}

/** The Study Instance UID as it stands in the files. */
export function studyUidOf(key: string): string {
  return key.split(separator, 1)[0] ?? key;
}

/** True when the files of this study share their UID with those of another patient. */
export function sharesStudyUid(key: string): boolean {
  return key.includes(separator);
}
