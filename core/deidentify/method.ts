import { weakening } from './action.ts';
import type { Policy } from './policy.ts';
import { methodCodes, type PresetName } from './preset.ts';
import { tagText } from './tag-text.ts';

/** Room of one value of LO. */
const mostCharacters = 64;

/** How an object lost its patient. */
export interface DeidentificationMethod {
  readonly preset: PresetName;
  readonly policy: Policy;
  /** Version of Systola. */
  readonly softwareVersion: string;
}

/** What an object may claim beside what the preset does. */
export interface MethodClaims {
  /** A person has looked at the pictures in it; null of an object without any. */
  readonly checked: boolean | null;
  /** Options that are fulfilled because the object was made anew, of what names nobody. */
  readonly madeAnew?: readonly ('structured' | 'graphics')[];
}

/** What an object says of it (PS3.3 C.7.1.1 and C.12.1, codes of PS3.16 CID 7050). */
export interface SaidMethod {
  readonly identityRemoved: 'YES' | 'NO';
  readonly methods: readonly string[];
  readonly codes: readonly { readonly value: string; readonly meaning: string }[];
  readonly time: 'UNMODIFIED' | 'MODIFIED' | 'REMOVED';
}

/**
 * No more than is so: that an object names nobody, only where a person has looked at its pictures and nobody chose to keep
 * what the profile takes out.
 */
export function saidMethod(
  { preset, policy, softwareVersion }: DeidentificationMethod,
  { checked, madeAnew = [] }: MethodClaims,
): SaidMethod {
  const weak = weakening(policy);
  const options = new Set([...policy.options, ...madeAnew]);
  const codes = [
    ...(weak.length === 0 ? [methodCodes.basic] : []),
    ...(checked === true ? [methodCodes.pixels] : []),
    ...[...options].map((option) => methodCodes[option]),
  ].toSorted((a, b) => a.value.localeCompare(b.value));
  const methods = [
    `Systola ${softwareVersion}, PS3.15 2024e annex E`,
    `preset ${preset}`,
    ...(madeAnew.length === 0 ? [] : ['made anew from the study without its patient']),
    ...(checked === false ? ['pictures not looked at by a person'] : []),
    ...[...policy.choices].map(([tag, choice]) => `${tagText(tag)} ${choice}`),
  ].map((method) => method.slice(0, mostCharacters));
  return {
    identityRemoved: checked !== false && weak.length === 0 ? 'YES' : 'NO',
    methods,
    codes,
    time: timeOf(policy),
  };
}

function timeOf({ options }: Policy): SaidMethod['time'] {
  if (options.has('fullDates')) return 'UNMODIFIED';
  return options.has('modifiedDates') ? 'MODIFIED' : 'REMOVED';
}
