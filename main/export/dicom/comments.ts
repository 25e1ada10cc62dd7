import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { stageName } from '../../../core/clip/stage.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { viewText } from '../../../core/wording/view.ts';
import { codes } from '../../dicom/write/codes.ts';
import { related, type RelatedItem, textItem } from '../../dicom/write/content-item.ts';
import { plainText } from './plain-text.ts';

/** Readers of reports show comments in a line or a few. */
const longestComment = 1024;

/**
 * What the numbers are for, the stage that they are of, and every finding that qualifies or refuses one: of the study, then of
 * the clips that it rests on, by their views. A number that is refused is none; the finding says why.
 */
export function comments(
  { stages, stage, findings, clips }: StudyMeasurements,
  behind: readonly ClipFacts[],
): RelatedItem[] {
  const said = [
    researchUseNotice,
    ...(stages.length === 0 || stage === null ? [] : [`Stage: ${inEnglish.say(stageName(stage))}.`]),
    ...findings.filter(isWeighty).map(told),
    ...behind.flatMap(({ sopInstanceUid, instanceNumber }) => {
      const clip = clips[sopInstanceUid];
      if (clip === undefined) return [];
      const view = inEnglish.say(viewText(clip.view));
      const named = instanceNumber === null ? view : `${view}, instance ${instanceNumber}`;
      return clip.findings.filter(isWeighty).map((finding) => `${named}: ${told(finding)}`);
    }),
  ];
  // Findings may quote what a file says, with whatever characters stand in it.
  const lines = said.map((text) => plainText(text, longestComment)).filter((text) => text !== null);
  return [...new Set(lines)].map((text) => related('CONTAINS', textItem(codes.comment, text)));
}

const isWeighty = ({ severity }: Finding): boolean => severity !== 'information';
const told = ({ message }: Finding): string => inEnglish.say(message);
