import type { ListedStudy } from '../../core/api/study-summary.ts';
import { studyStatuses } from '../../core/assessment/study-status.ts';

/** Columns of the list, from left to right. */
export const listColumns = ['status', 'name', 'id', 'date', 'ef', 'flags', 'reader', 'clips'] as const;
export type ListColumn = (typeof listColumns)[number];

/** By a column, upwards or downwards; null: as they came, the newest first. */
export interface ListOrder {
  readonly column: ListColumn;
  readonly descending: boolean;
}

/** Read from and written to the remembered layout: "date", "-date", or nothing. */
export function orderOf(text: unknown): ListOrder | null {
  if (typeof text !== 'string') return null;
  const descending = text.startsWith('-');
  const column = listColumns.find((name) => name === text.slice(descending ? 1 : 0));
  return column === undefined ? null : { column, descending };
}

export const orderText = (order: ListOrder | null): string =>
  order === null ? '' : `${order.descending ? '-' : ''}${order.column}`;

/** Upwards, downwards, and as they came again. */
export function nextOrder(order: ListOrder | null, column: ListColumn): ListOrder | null {
  if (order?.column !== column) return { column, descending: false };
  return order.descending ? null : { column, descending: true };
}

/** Numbers in a text count as numbers: P9 stands before P10. */
const spelled = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLocaleLowerCase()
    .replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'));

type Key = string | number | null;

const severity = { reliable: 0, check: 1, 'not-usable': 1000 } as const;

/** What a row is ordered by; null goes to the end whichever way. */
const keyOf: Readonly<Record<ListColumn, (study: ListedStudy) => Key>> = {
  status: ({ status }) => studyStatuses.indexOf(status),
  name: ({ patientName }) => (patientName === '' ? null : spelled(patientName)),
  id: ({ patientId }) => (patientId === '' ? null : spelled(patientId)),
  date: ({ studyDate }) => (studyDate === null || studyDate === '' ? null : studyDate.replaceAll('-', '')),
  ef: ({ result }) => result?.ejection?.percent ?? null,
  flags: ({ result }) =>
    result === null
      ? null
      : severity[result.reliability.state] +
        (result.reliability.state === 'check' ? result.reliability.count : 0),
  reader: ({ result }) => (result === null || result.reader === null ? null : spelled(result.reader)),
  clips: ({ clips }) => clips,
};

/** Studies in an order; equals stay as they came. */
export function orderedStudies(
  studies: readonly ListedStudy[],
  order: ListOrder | null,
): readonly ListedStudy[] {
  if (order === null) return studies;
  const key = keyOf[order.column];
  const sign = order.descending ? -1 : 1;
  return studies
    .map((study) => ({ study, key: key(study) }))
    .sort((a, b) => {
      if (a.key === b.key) return 0;
      if (a.key === null) return 1;
      if (b.key === null) return -1;
      return a.key < b.key ? -sign : sign;
    })
    .map(({ study }) => study);
}
