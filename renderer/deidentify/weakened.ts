import { weakening } from '../../core/deidentify/action.ts';
import { choicesByTag, type AttributeChoices } from '../../core/deidentify/attribute-choices.ts';
import { policyOf } from '../../core/deidentify/policy.ts';
import type { PresetName } from '../../core/deidentify/preset.ts';

/** How many choices leave more than the preset does: files say then that they may name somebody. */
export const weakenedBy = (preset: PresetName, choices: AttributeChoices): number =>
  weakening(policyOf(preset, choicesByTag(choices))).length;
