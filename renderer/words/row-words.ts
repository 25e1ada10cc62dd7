import type { ListedStudy } from '../../core/api/study-summary.ts';
import type { StudyStatus } from '../../core/assessment/study-status.ts';
import { say } from './language.svelte.ts';
import { quantityText } from './measurement-words.ts';
import { viewName } from './view-words.ts';

/** How far a study has come. */
export const statusWords = (status: StudyStatus): string => say(`worklist.status.${status}`);

/** "54 %", as the open study has it; empty where there is none, or none that holds now. */
export function ejectionWords({ result }: ListedStudy): string {
  if (result === null || result.ejection === null) return '';
  const text = quantityText({ name: 'EF', value: result.ejection.percent, unit: '%' });
  return text === null ? '' : `${text.number} ${text.unit}`;
}

/** What is to be checked, in the words of the open study; empty before there is anything to judge. */
export function flagWords({ result, status }: ListedStudy): string {
  if (result === null || status === 'new' || status === 'measuring') return '';
  const { reliability } = result;
  switch (reliability.state) {
    case 'reliable':
      return say('findings.reliable');
    case 'check':
      return say('findings.check', { count: reliability.count });
    case 'not-usable':
      return say('findings.not-usable');
  }
}

/** Views that the clips of a study are taken for. */
export const rowViews = ({ result }: ListedStudy): string[] => (result?.views ?? []).map(viewName);
