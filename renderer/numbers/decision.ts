import { api } from '../api/client.ts';
import { dialogs } from '../dialogs/dialogs.svelte.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';

/** Whether there is a result that can be accepted. */
export const isMeasured = (study: OpenStudy): boolean =>
  study.measured.measurements.some(({ name }) => name === 'EF');

/** Accepts or rejects the study's result in the reader's name; pressing the same again takes it back. */
export function decide(study: OpenStudy, state: 'accepted' | 'rejected'): void {
  if (study.measuring) {
    // A run that ends takes a decision back, because the numbers are others then.
    report('information', 'The study is still being measured. Decide when the run is over, or cancel it.');
    return;
  }
  const current = study.review.decision.state;
  const by = session.settings.reader.trim();
  const again = current === state;
  if (!again && state === 'accepted' && !isMeasured(study)) {
    report('information', 'There is nothing to accept yet: no ejection fraction was measured.');
    return;
  }
  if (!again && by === '') {
    // Nobody signs without a name.
    dialogs.afterReader = () => decide(study, state);
    dialogs.open = 'reader';
    return;
  }
  const label = again ? 'decision taken back' : state === 'accepted' ? 'accepted' : 'rejected';
  study.commit(label, (persisted) => [
    {
      slot: 'decision',
      before: persisted.decision,
      after: again ? { state: 'pending' } : { state, at: new Date().toISOString(), by },
    },
  ]);
}

let writing = false;

/** Writes the report of what is on screen: through the system's dialog on the desktop, as a download in a browser. */
export async function exportReport(study: OpenStudy): Promise<void> {
  if (writing) return;
  if (study.unsaved) {
    report(
      'warning',
      'The report was not written: it is made of what the library holds, and your last changes are not saved yet. Try again when they are.',
    );
    return;
  }
  writing = true;
  // What was changed a moment ago may still be on its way.
  await study.saved();
  const { patientId } = study.facts.patient;
  const kind = study.review.decision.state === 'pending' ? 'PENDING report (nobody has signed it)' : 'Report';
  const name = `report ${patientId || 'study'} ${study.facts.studyDate ?? ''}`
    .trim()
    .replaceAll(/[^\w .-]+/g, '_');
  try {
    if (window.systola) {
      const path = await window.systola.saveReport(study.uid, `${name}.pdf`);
      if (path !== null) report('information', `${kind} written to ${path}`);
      return;
    }
    const address = URL.createObjectURL(await api.report(study.uid));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${name}.pdf`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    report('information', `${kind} saved as ${name}.pdf`);
  } catch (error) {
    report('error', `The report was not written: ${(error as Error).message}`);
  } finally {
    writing = false;
  }
}
