import { z } from 'zod';
import { type Choice, choiceNames, choiceProblem } from './policy.ts';

const tagForm = /^[0-9a-f]{8}$/;

/** A person's choices as a request brings them: by tag, eight hexadecimal digits; only such as can be followed. */
export const attributeChoicesSchema = z
  .record(z.string().regex(tagForm), z.enum(choiceNames))
  .superRefine((choices, context) => {
    for (const [tag, choice] of Object.entries(choices)) {
      const problem = choiceProblem(Number.parseInt(tag, 16), choice);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem, path: [tag] });
    }
  });
export type AttributeChoices = z.infer<typeof attributeChoicesSchema>;

/** The same by group × 65,536 + element, as a policy has them. */
export const choicesByTag = (choices: AttributeChoices): ReadonlyMap<number, Choice> =>
  new Map(Object.entries(choices).map(([tag, choice]) => [Number.parseInt(tag, 16), choice]));

/** A tag as a key of {@link AttributeChoices}. */
export const tagKey = (tag: number): string => tag.toString(16).padStart(8, '0');
