import type { ResearchClip } from '../research/measurement-rows.ts';
import type { DataSetStudy } from './data-set-studies.ts';

/** Name of a clip in a data set: letters, digits and underscores, and nothing of the patient. */
export function clipName({ number, clips }: DataSetStudy, clip: ResearchClip): string {
  return `study${padded(number)}_clip${String(clips.indexOf(clip) + 1).padStart(2, '0')}`;
}

/** Name of a frame, which counts from 0. */
export const frameName = (study: DataSetStudy, clip: ResearchClip, frame: number): string =>
  `${clipName(study, clip)}_frame${padded(frame)}`;

export const padded = (number: number): string => String(number).padStart(4, '0');
