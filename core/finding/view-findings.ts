import type { ClipFacts } from '../clip/clip.ts';
import { contradictionOf } from '../clip/view-recognition.ts';
import { message } from '../language/message.ts';
import type { MeasuredClip } from '../measurement/choose-clip.ts';
import { clipView, recognitionOf, untraceable } from '../measurement/untraceable.ts';
import type { ClipReview } from '../review/review.ts';
import { listed } from '../wording/listed.ts';
import { certaintyPercent, viewNamed, viewText } from '../wording/view.ts';
import type { Finding } from './finding.ts';

/** That nobody has said which view a clip shows, and that its pictures speak against the one that its file states. */
export function viewFindings(facts: ClipFacts, review: ClipReview): Finding[] {
  const findings: Finding[] = [];
  const view = clipView(facts, review);
  // Why a clip of another view has no numbers is said in its place.
  if (view.source === 'recognised' && untraceable(facts, review) === null) {
    findings.push({
      code: 'view-recognised',
      severity: 'warning',
      message: message('finding.view-recognised', {
        view: viewNamed(view.code),
        percent: certaintyPercent(view.certainty),
      }),
      sources: [],
    });
  }
  if (view.code === 'unknown') {
    findings.push({
      code: 'view-unknown',
      severity: 'warning',
      message: message('finding.view-unknown'),
      sources: [],
    });
  }
  const contradiction = contradictionOf(review.view, recognitionOf(facts, review));
  if (contradiction !== null) {
    findings.push({
      code: 'view-contradicted',
      severity: 'warning',
      message: message('finding.view-contradicted', {
        stated: viewNamed(review.view.code),
        seen: viewNamed(contradiction.code),
        percent: certaintyPercent(contradiction.certainty),
      }),
      sources: [],
    });
  }
  return findings;
}

/** That the study's numbers rest on views which nobody has confirmed. */
export function recognisedViewFindings(used: readonly MeasuredClip[]): Finding[] {
  const [first, ...others] = used
    .filter(({ numbers }) => numbers.view.source === 'recognised')
    .map(({ numbers }) => viewText(numbers.view));
  if (first === undefined) return [];
  return [
    {
      code: 'view-recognised',
      severity: 'warning',
      message: message('finding.view-recognised.study', { views: listed([first, ...others]) }),
      sources: [],
    },
  ];
}
