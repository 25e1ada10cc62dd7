import type { ClipFacts } from '../clip/clip.ts';
import type { Finding } from './finding.ts';

/** Why a clip that is no apical B-mode loop has no numbers. */
export function notApicalFindings(facts: ClipFacts): Finding[] {
  return [
    {
      code: 'not-traced',
      severity: 'information',
      message: facts.bMode
        ? 'This is not an apical view, so the left ventricle is not traced. Set the view if that is wrong.'
        : 'This is not a B-mode picture, so it is played but not traced.',
      sources: [],
    },
  ];
}
