import { weakening } from '../../core/deidentify/action.ts';
import type { Policy } from '../../core/deidentify/policy.ts';
import { methodCodes, type PresetName } from '../../core/deidentify/preset.ts';
import { tagText } from '../../core/deidentify/tag-text.ts';
import type { OutElement } from './out-element.ts';
import { textValue } from './out-element.ts';

export interface Method {
  readonly preset: PresetName;
  readonly policy: Policy;
  /** A person has looked at what stays of the pictures. */
  readonly checked: boolean;
  readonly softwareVersion: string;
}

/** Room of one value of LO. */
const mostCharacters = 64;

/**
 * What was done to a file (PS3.3 sections C.7.1.1, C.7.6.1 and C.12.1). It claims no more than is so: that it names
 * nobody, only where a person has looked at the pictures and nobody chose to keep what the profile takes out.
 */
export function methodAttributes({
  preset,
  policy,
  checked,
  softwareVersion,
}: Method): readonly OutElement[] {
  const weak = weakening(policy);
  const text = (tag: number, vr: string, value: string): OutElement => ({
    tag,
    vr,
    value: textValue(vr, value),
  });
  const codes = [
    ...(weak.length === 0 ? [methodCodes.basic] : []),
    ...(checked ? [methodCodes.pixels] : []),
    ...[...policy.options].map((option) => methodCodes[option]),
  ].toSorted((a, b) => a.value.localeCompare(b.value));
  const chosen = [...policy.choices].map(([tag, choice]) => `${tagText(tag)} ${choice}`);
  const methods = [
    `Systola ${softwareVersion}, PS3.15 2024e annex E`,
    `preset ${preset}`,
    ...(checked ? [] : ['pictures not looked at by a person']),
    ...chosen,
  ].map((method) => method.slice(0, mostCharacters));
  const items = codes.map(({ value, meaning }) => [
    text(0x0008_0100, 'SH', value),
    text(0x0008_0102, 'SH', 'DCM'),
    text(0x0008_0104, 'LO', meaning),
  ]);
  return [
    text(0x0012_0062, 'CS', checked && weak.length === 0 ? 'YES' : 'NO'),
    text(0x0012_0063, 'LO', methods.join('\\')),
    { tag: 0x0012_0064, vr: 'SQ', value: items },
    text(0x0028_0301, 'CS', checked ? 'NO' : 'YES'),
    text(0x0028_0303, 'CS', timeOf(policy)),
  ];
}

function timeOf({ options }: Policy): string {
  if (options.has('fullDates')) return 'UNMODIFIED';
  return options.has('modifiedDates') ? 'MODIFIED' : 'REMOVED';
}
