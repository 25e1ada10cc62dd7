import { tagText } from './tag-text.ts';
import { keptAttributes } from './kept-attributes.ts';
import { type PresetName, presets } from './preset.ts';
import { type ProfileOption, profileRow } from './profile-table.ts';

/** What a person wants to become of one attribute, whatever the preset says. */
export const choiceNames = ['remove', 'blank', 'pseudonymise', 'keep'] as const;
export type Choice = (typeof choiceNames)[number];

/** What is to become of every attribute. */
export interface Policy {
  readonly options: ReadonlySet<ProfileOption>;
  /** By group × 65,536 + element. */
  readonly choices: ReadonlyMap<number, Choice>;
}

export const policyOf = (preset: PresetName, choices: Policy['choices'] = new Map()): Policy => ({
  options: new Set(presets[preset]),
  choices,
});

/** Attributes that are always written anew, because what de-identification did decides on them. */
export const ownAttributes: ReadonlySet<number> = new Set([
  0x0012_0062, 0x0012_0063, 0x0012_0064, 0x0028_0301, 0x0028_0303,
]);

/** UIDs without which a file is none; another one takes their place. */
const needed = new Set([0x0008_0005, 0x0008_0016, 0x0008_0018, 0x0020_000d, 0x0020_000e]);
/** Pictures, drawings, documents and signatures, which cleaning the pixels does not reach. */
const unseen = new Set([0x0040_a730, 0x0042_0011, 0x0070_0001, 0x0088_0200, 0xfffa_fffa]);

/** Why an attribute cannot be treated so; null where it can. */
export function choiceProblem(tag: number, choice: Choice): string | null {
  const group = tag >>> 16;
  const name = tagText(tag);
  if (ownAttributes.has(tag)) return `${name} says what was done and is written accordingly.`;
  if (group < 8 || group === 0x7fe0 || group >= 0xfffa || group === 0x0028) {
    return `${name} describes the file or its pixels and cannot be chosen.`;
  }
  if (choice === 'remove' || choice === 'blank')
    return needed.has(tag) ? `${name} is needed in every file.` : null;
  if (group % 2 === 1) return `${name} is private: what is in it is not known, and it always goes.`;
  if (unseen.has(tag) || group === 0x0400 || (group >= 0x5000 && group <= 0x60ff)) {
    return `${name} may hold pictures or texts that nobody sees here, and always goes.`;
  }
  if (choice === 'pseudonymise') {
    const vr = profileRow(tag)?.vr ?? keptAttributes.get(tag)?.vrs[0] ?? null;
    if (vr === 'SQ') return `${name} is a sequence; name the attributes in it.`;
  }
  return null;
}
