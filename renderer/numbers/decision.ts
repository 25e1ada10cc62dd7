import { signatureToAmend } from '../../core/review/signatures.ts';
import { message } from '../../core/language/message.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { moveOnAfter } from '../worklist/move-on.ts';
import { signing } from './signing.svelte.ts';

/** Whether there is a result that can be accepted. */
export const isMeasured = (study: OpenStudy): boolean =>
  study.measured.measurements.some(({ name }) => name === 'EF');

/**
 * Accepts or rejects the study's result in the reader's name; pressing the same again takes it back. Before a study is
 * accepted that was accepted already, the reason is asked for.
 */
export function decide(study: OpenStudy, state: 'accepted' | 'rejected', reason?: string): void {
  if (study.measuring) {
    // A run that ends takes a decision back, because the numbers are others then.
    report('information', message('decision.still-measuring'));
    return;
  }
  const current = study.review.decision.state;
  const by = session.settings.reader.trim();
  const again = current === state;
  if (!again && state === 'accepted' && !isMeasured(study)) {
    report('information', message('decision.nothing-to-accept'));
    return;
  }
  if (!again && by === '') {
    // Nobody signs without a name.
    dialogs.afterReader = () => decide(study, state);
    dialogs.open = 'reader';
    return;
  }
  const amends = state === 'accepted' && signatureToAmend(study.signatures) !== null;
  if (!again && amends && reason === undefined) {
    signing.wanted = study;
    return;
  }
  signing.wanted = null;
  const signed = { state, at: new Date().toISOString(), by, ...(reason === undefined ? {} : { reason }) };
  const label = say(
    again ? 'edit.decision-taken-back' : state === 'accepted' ? 'edit.accepted' : 'edit.rejected',
  );
  study.commit(label, (persisted) => [
    {
      slot: 'decision',
      before: persisted.decision,
      after: again ? { state: 'pending' } : signed,
    },
  ]);
  if (!again && state === 'accepted') void moveOnAfter(study);
}
