import { keptAttributes } from './kept-attributes.ts';
import { profileTable } from './profile-table.ts';

const byKeyword = new Map<string, number>([
  ...profileTable
    .filter(({ tag }) => /^[0-9a-f]{8}$/.test(tag))
    .map(({ keyword, tag }) => [keyword.toLowerCase(), Number.parseInt(tag, 16)] as const),
  ...[...keptAttributes].map(([tag, { keyword }]) => [keyword.toLowerCase(), tag] as const),
]);

/** The tag that a person means by "0010,0010", "(0010,0010)", "00100010" or its keyword; null where that is none. */
export function tagOfName(name: string): number | null {
  const [, group, element] = /^\(?([0-9a-f]{4}),?([0-9a-f]{4})\)?$/i.exec(name.trim()) ?? [];
  if (group !== undefined && element !== undefined) return Number.parseInt(group + element, 16);
  return byKeyword.get(name.trim().toLowerCase()) ?? null;
}
