import { profileRows } from './profile-rows.ts';

/** Options of PS3.15 annex E.3 that change what happens to an attribute. */
export const profileOptions = [
  'private',
  'uids',
  'device',
  'institution',
  'patient',
  'fullDates',
  'modifiedDates',
  'descriptors',
  'structured',
  'graphics',
] as const;
export type ProfileOption = (typeof profileOptions)[number];

/** What the basic profile does: remove (X), empty (Z), put a value without meaning (D), another UID (U), or one of several by type. */
export const basicActions = ['X', 'Z', 'D', 'U', 'X/Z', 'X/D', 'Z/D', 'X/Z/D', 'X/Z/U*'] as const;
export type BasicAction = (typeof basicActions)[number];

export interface ProfileRow {
  /** Eight hexadecimal digits, "x" for any; "private" for all private attributes. */
  readonly tag: string;
  /** "*" where a row stands for attributes of several. */
  readonly vr: string;
  readonly keyword: string;
  readonly basic: BasicAction;
  /** Keep (K) or clean (C). */
  readonly options: Readonly<Partial<Record<ProfileOption, 'K' | 'C'>>>;
}

/** Table E.1-1 of PS3.15. */
export const profileTable: readonly ProfileRow[] = profileRows.trim().split('\n').map(parsedRow);

const exact = new Map(
  profileTable
    .filter(({ tag }) => /^[0-9a-f]{8}$/.test(tag))
    .map((row) => [Number.parseInt(row.tag, 16), row]),
);
const repeating = profileTable
  .filter(({ tag }) => /^[0-9a-f]{2}xx/.test(tag))
  .map((row) => ({ row, pattern: new RegExp(`^${row.tag.replaceAll('x', '[0-9a-f]')}$`) }));
const privateRow = profileTable.find(({ tag }) => tag === 'private')!;

/** The row of an attribute, by group × 65,536 + element; null where the table does not speak of it. */
export function profileRow(tag: number): ProfileRow | null {
  if ((tag >>> 16) % 2 === 1) return privateRow;
  const found = exact.get(tag);
  if (found !== undefined) return found;
  const digits = tag.toString(16).padStart(8, '0');
  return repeating.find(({ pattern }) => pattern.test(digits))?.row ?? null;
}

function parsedRow(line: string): ProfileRow {
  const [tag = '', vr = '', keyword = '', basic = '', ...cells] = line.split(' ');
  return {
    tag,
    vr,
    keyword,
    basic: basic as BasicAction,
    options: Object.fromEntries(cells.map((cell) => cell.split(':'))),
  };
}
