import type { Decision } from '../../core/review/review.ts';
import { say } from './language.svelte.ts';

/** What the list of studies says of a decision; nothing where none was made. */
export const decisionWords = (state: Decision['state']): string =>
  state === 'pending' ? '' : say('decision.made', { state });
