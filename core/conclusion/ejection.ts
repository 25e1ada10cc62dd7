import { message, type Message } from '../language/message.ts';
import { methodText } from '../wording/method.ts';
import { viewText } from '../wording/view.ts';
import { type ConclusionInput, numberOf } from './conclusion-input.ts';
import { refusedBecause } from './refusals.ts';
import { verdictOf, verdictText } from './verdict.ts';

/** EF with its method and, where it may be graded, its degree; else that there is none, and why. */
export function ejectionSentence(input: ConclusionInput): Message {
  const ejection = numberOf(input, 'EF');
  if (ejection === undefined) {
    const because = refusedBecause(input.measured);
    return because === null
      ? message('conclusion.no-ejection')
      : message('conclusion.no-ejection.because', { because });
  }
  const { value, view } = ejection;
  const clip = input.measured.used
    .map((uid) => input.measured.clips[uid]?.view)
    .find((one) => one !== undefined && one.code === view);
  const method =
    view === null || view === 'biplane' || clip === undefined
      ? methodText(ejection.method)
      : message('conclusion.method-and-view', { method: methodText(ejection.method), view: viewText(clip) });
  const verdict = verdictOf(input, ejection);
  return verdict?.grade
    ? message('conclusion.ejection.graded', { value, method, grade: verdictText(verdict.grade, 'ejection') })
    : message('conclusion.ejection', { value, method });
}
