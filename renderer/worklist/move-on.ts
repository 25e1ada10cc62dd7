import { message } from '../../core/language/message.ts';
import { personNameText } from '../../core/wording/person-name.ts';
import { library } from '../state/library.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { studyOpening } from '../state/study-opening.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';

/** Whether the next study comes by itself: always, or while the reader works through those to review. */
const isWanted = (): boolean =>
  session.settings.moveOn === 'always' ||
  (session.settings.moveOn === 'to-review' && library.status === 'to-review');

/**
 * Opens the next study to review once the acceptance of this one is stored, and says whose it was: what is pressed next
 * acts on another patient.
 */
export async function moveOnAfter(study: OpenStudy): Promise<void> {
  if (!isWanted()) return;
  await study.saved();
  if (workspace.study !== study || study.review.decision.state !== 'accepted') return;
  const next = library.nextToReview(study.uid);
  if (next === null) {
    report('information', message('decision.none-left'));
    return;
  }
  const name = personNameText(study.facts.patient.name) || say('patient.no-name');
  report('information', message('decision.moved-on', { state: 'accepted', name }), {
    label: message('decision.go-back'),
    run: () => void studyOpening.open(study.uid),
  });
  await studyOpening.open(next.studyInstanceUid);
}
