import { keptAttributes } from './kept-attributes.ts';
import { ownAttributes, type Policy } from './policy.ts';
import { type ProfileRow, profileRow } from './profile-table.ts';

/**
 * What becomes of an attribute. `dummy`: a value of its kind without meaning. `uid`, `pseudonym`, `alias`: what the
 * project's key makes of it, `pseudonym` that of the patient. `shift`: a date moved by the patient's days. `age`: kept up
 * to 89 years. `keep`: as it is; of a sequence, its items by the same rules.
 */
export type Action = 'remove' | 'empty' | 'dummy' | 'uid' | 'pseudonym' | 'alias' | 'shift' | 'age' | 'keep';

const patientName = 0x0010_0010;
const patientId = 0x0010_0020;
const patientAge = 0x0010_1010;
/**
 * Dates of a list that everybody can look up, by which the days that others were moved by could be known; as those of a
 * scanner's making and calibration, which its owner knows.
 */
const publicDates = new Set([0x0008_0106, 0x0008_0107]);

/**
 * Attributes with a compound action that are of type 1 or 2 in the ultrasound image IODs (PS3.3 sections A.6, A.7); all
 * others are of type 3 there, or not at all. By the sequence whose item they stand in, 0 for none.
 */
const types: ReadonlyMap<number, ReadonlyMap<number, 1 | 2>> = new Map([
  [
    0,
    new Map<number, 1 | 2>([
      [0x0008_0023, 2],
      [0x0008_0033, 2],
      [0x0010_2203, 2],
      [0x0018_0010, 2],
    ]),
  ],
  [0x0018_5011, new Map<number, 1 | 2>([[0x0018_1000, 2]])],
]);

/**
 * What becomes of an attribute (group × 65,536 + element) in the data set itself, or in an item of the sequence `within`:
 * by the person's choice, table E.1-1, the list of what is kept, in this order. What none of them knows goes.
 *
 * @param vr as the file states it, for attributes that nobody lists; null where it does not
 */
export function actionOf(tag: number, policy: Policy, within = 0, vr: string | null = null): Action {
  if ((tag >>> 16) % 2 === 1 || ownAttributes.has(tag)) return 'remove';
  const row = profileRow(tag);
  switch (policy.choices.get(tag)) {
    case 'remove':
      return tag === patientName || tag === patientId ? 'empty' : 'remove';
    case 'blank':
      return 'empty';
    case 'keep':
      return tag === patientAge ? 'age' : 'keep';
    case 'pseudonymise':
      return pseudonymised(tag, row?.vr ?? keptAttributes.get(tag)?.vrs[0] ?? vr);
    case undefined:
      return byProfile(tag, row, policy, within);
  }
}

/** {@link actionOf} without anybody's choice. */
function byProfile(tag: number, row: ProfileRow | null, { options }: Policy, within: number): Action {
  if (tag === patientName || tag === patientId) return within === 0 ? 'pseudonym' : 'remove';
  if (row !== null) return byRow(tag, row, options, within);
  const kept = keptAttributes.get(tag);
  return kept !== undefined && (kept.option === null || options.has(kept.option)) ? 'keep' : 'remove';
}

function byRow(tag: number, row: ProfileRow, options: Policy['options'], within: number): Action {
  if (row.options.modifiedDates !== undefined) {
    if (options.has('fullDates')) return 'keep';
    const isPublic = publicDates.has(tag) || row.options.device !== undefined;
    return options.has('modifiedDates') && !isPublic ? 'shift' : basic(tag, row, within);
  }
  const isKept = [...options].some((option) => row.options[option] === 'K');
  if (!isKept) return basic(tag, row, within);
  return tag === patientAge ? 'age' : 'keep';
}

function basic(tag: number, { basic: action, vr }: ProfileRow, within: number): Action {
  const type = types.get(within)?.get(tag) ?? 3;
  const plain = action.includes('/') ? simple(action.split('/'), type) : action;
  if (plain === 'X') return 'remove';
  if (plain === 'Z') return 'empty';
  if (plain === 'U') return 'uid';
  // An item without meaning would be a statement all the same; none of these stands in an image.
  if (vr === 'SQ') return 'remove';
  return vr === 'UI' ? 'uid' : 'dummy';
}

/** Of several actions the one that leaves least and still fits the attribute's type. */
function simple(actions: readonly string[], type: 1 | 2 | 3): string {
  const wanted = type === 3 ? ['X', 'Z', 'D'] : type === 2 ? ['Z', 'D', 'U*'] : ['D', 'U*', 'Z'];
  return wanted.find((action) => actions.includes(action)) ?? 'X';
}

function pseudonymised(tag: number, vr: string | null): Action {
  if (tag === patientName || tag === patientId) return 'pseudonym';
  switch (vr) {
    case 'UI':
      return 'uid';
    case 'DA':
    case 'DT':
      return 'shift';
    case 'AS':
      return 'age';
    case 'PN':
    case 'LO':
    case 'SH':
      return 'alias';
    default:
      return 'remove';
  }
}

/**
 * Attributes that a person's choice leaves more of than the profile does: the file does then not claim to follow it, nor
 * that it names nobody.
 */
export function weakening(policy: Policy): number[] {
  return [...policy.choices.keys()].filter((tag) => {
    const chosen = actionOf(tag, policy);
    if (chosen !== 'keep' && chosen !== 'shift' && chosen !== 'age') return false;
    const usual = actionOf(tag, { ...policy, choices: new Map() });
    return usual !== chosen && usual !== 'keep';
  });
}
