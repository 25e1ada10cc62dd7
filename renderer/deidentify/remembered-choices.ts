import { attributeChoicesSchema, type AttributeChoices } from '../../core/deidentify/attribute-choices.ts';
import { choiceNames } from '../../core/deidentify/policy.ts';
import type { Settings } from '../../core/settings/settings.ts';

const key = 'export.attributes';

/** What was wanted of single attributes last; what cannot be read, or followed any more, is wanted no more. */
export function rememberedChoices(layout: Settings['layout']): AttributeChoices {
  const kept = layout[key];
  if (typeof kept !== 'string') return {};
  const found = kept.split(',').flatMap((entry) => {
    const choice = choiceNames.find((name) => name.startsWith(entry.slice(8)));
    const one = { [entry.slice(0, 8)]: choice };
    return entry.length === 9 && attributeChoicesSchema.safeParse(one).success ? [one] : [];
  });
  return Object.assign({}, ...found) as AttributeChoices;
}

/** The same as an entry of the layout: each tag with the first letter of what is wanted of it. */
export const rememberedChoicesEntry = (choices: AttributeChoices): readonly [string, string] => [
  key,
  Object.entries(choices)
    .map(([tag, choice]) => `${tag}${choice[0]}`)
    .join(','),
];
