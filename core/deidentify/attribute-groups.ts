import { keptAttributes } from './kept-attributes.ts';
import { choiceNames, choiceProblem, type Choice } from './policy.ts';
import { profileTable, type ProfileRow } from './profile-table.ts';
import { tagText } from './tag-text.ts';

/** What attributes are about, as a person looks for them. */
export const attributeGroups = [
  'patient',
  'dates',
  'staff',
  'institution',
  'device',
  'words',
  'uids',
  'picture',
  'other',
] as const;
export type AttributeGroup = (typeof attributeGroups)[number];

/** An attribute that a person can say something about. */
export interface ChoosableAttribute {
  /** By group × 65,536 + element. */
  readonly tag: number;
  /** "(0018,1000)" */
  readonly number: string;
  /** Its keyword of PS3.6 as words: "Device Serial Number". */
  readonly name: string;
  readonly group: AttributeGroup;
  /** What can be chosen. */
  readonly choices: readonly Choice[];
}

/** Words of keywords that are about who examined, ordered or reported. */
const people = /Physician|Operator|Person|Reviewer|Staff|Requesting|Responsible|Author|Observer|Scheduled/;

/**
 * Every single attribute of table E.1-1 and of the list of what stays that a person can choose about, by tag. Rows that
 * stand for many attributes, and what is always written anew or always goes, are none.
 */
export const choosableAttributes: readonly ChoosableAttribute[] = [
  ...profileTable
    .filter(({ tag }) => /^[0-9a-f]{8}$/.test(tag))
    .map((row) => [Number.parseInt(row.tag, 16), row.keyword, groupOf(row)] as const),
  ...[...keptAttributes]
    .filter(([tag]) => !profileTable.some((row) => Number.parseInt(row.tag, 16) === tag))
    .map(([tag, { keyword }]) => [tag, keyword, 'picture'] as const),
]
  .map(([tag, keyword, group]): ChoosableAttribute => ({
    tag,
    group,
    number: tagText(tag),
    name: inWords(keyword),
    choices: choiceNames.filter((choice) => choiceProblem(tag, choice) === null),
  }))
  .filter(({ choices }) => choices.length > 0)
  .toSorted((a, b) => a.tag - b.tag);

function groupOf({ tag, vr, keyword, options }: ProfileRow): AttributeGroup {
  if (options.modifiedDates !== undefined) return 'dates';
  if (options.uids !== undefined || vr === 'UI') return 'uids';
  if (options.device !== undefined) return 'device';
  if (options.institution !== undefined || /Institution/.test(keyword)) return 'institution';
  if (people.test(keyword)) return 'staff';
  if (options.patient !== undefined || tag.startsWith('0010')) return 'patient';
  if (options.descriptors !== undefined) return 'words';
  return vr === 'PN' ? 'staff' : 'other';
}

/** "PatientID" as "Patient ID". */
function inWords(keyword: string): string {
  return keyword
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z](?!s(?![a-z]))[a-z])/g, '$1 $2');
}
