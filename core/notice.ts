/** Shown on every screen and printed on every export. */
export const researchUseNotice = 'Research use only. Not for diagnostic use.';
