/** Digits and dots, at most 64 (PS3.5 section 9.1). UIDs become keys and file names, so nothing else is let through. */
export function isUid(value: string): boolean {
  return /^[0-9][0-9.]{0,63}$/.test(value);
}
