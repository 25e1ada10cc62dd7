import { ClipToCheck } from './clip-to-check.svelte.ts';

/** Of every clip that was looked at in this window: what was drawn and not ticked waits for the next look. */
const known = new Map<string, ClipToCheck>();

export function checkOf(sopInstanceUid: string): ClipToCheck {
  const check = known.get(sopInstanceUid) ?? new ClipToCheck(sopInstanceUid);
  known.set(sopInstanceUid, check);
  return check;
}
