import { describe, expect, it } from 'vitest';
import { actionOf, weakening } from '../../../../core/deidentify/action.ts';
import {
  attributeChoicesSchema,
  choicesByTag,
  tagKey,
} from '../../../../core/deidentify/attribute-choices.ts';
import { attributeGroups, choosableAttributes } from '../../../../core/deidentify/attribute-groups.ts';
import { choiceProblem, policyOf } from '../../../../core/deidentify/policy.ts';
import { matchingAttributes } from '../../../../renderer/deidentify/matching-attributes.ts';
import {
  rememberedChoices,
  rememberedChoicesEntry,
} from '../../../../renderer/deidentify/remembered-choices.ts';

const groupOf = (tag: number) => choosableAttributes.find((one) => one.tag === tag)?.group;

describe('attributes that can be chosen', () => {
  it('are each listed once, in a group, with what can be followed alone', () => {
    expect(new Set(choosableAttributes.map(({ tag }) => tag)).size).toBe(choosableAttributes.length);
    expect(choosableAttributes.length).toBeGreaterThan(500);
    expect(new Set(choosableAttributes.map(({ group }) => group))).toEqual(new Set(attributeGroups));
    for (const { tag, choices } of choosableAttributes) {
      for (const choice of choices) expect(choiceProblem(tag, choice)).toBeNull();
    }
  });

  it('are where a person looks for them', () => {
    expect(groupOf(0x0010_0010)).toBe('patient');
    expect(groupOf(0x0010_1030)).toBe('patient');
    expect(groupOf(0x0008_0020)).toBe('dates');
    expect(groupOf(0x0008_0080)).toBe('institution');
    expect(groupOf(0x0008_1070)).toBe('staff');
    expect(groupOf(0x0018_1000)).toBe('device');
    expect(groupOf(0x0008_1030)).toBe('words');
    expect(groupOf(0x0020_000e)).toBe('uids');
    expect(groupOf(0x0018_1088)).toBe('picture');
    // Written anew, or a description of the pixels: nobody chooses.
    expect(groupOf(0x0012_0062)).toBeUndefined();
    expect(groupOf(0x0028_0010)).toBeUndefined();
  });

  it('are found by words of the name and by the number, however it is written', () => {
    const names = (search: string) => matchingAttributes(choosableAttributes, search).map(({ name }) => name);
    expect(names('serial device')).toContain('Device Serial Number');
    for (const number of ['0018,1000', '(0018,1000)', '00181000']) {
      expect(names(number)).toEqual(['Device Serial Number']);
    }
    expect(names('0010,1000')).toEqual(['Other Patient IDs']);
    expect(names('institutionname')).toEqual(['Institution Name']);
    expect(names('no such thing')).toEqual([]);
    expect(names(' ')).toHaveLength(choosableAttributes.length);
  });
});

describe('choices', () => {
  it('of all attributes at once are remembered as they were', () => {
    const all = Object.fromEntries(
      choosableAttributes.map(({ tag, choices }) => [tagKey(tag), choices.at(-1)!]),
    );
    const [key, value] = rememberedChoicesEntry(all);
    expect(value.length).toBeLessThanOrEqual(10_000);
    expect(rememberedChoices({ [key]: value })).toEqual(all);
    expect(rememberedChoices({})).toEqual({});
  });

  it('that cannot be read or followed are remembered no more', () => {
    const kept = '00181000k,00080018r,7fe00010r,nonsense,0018100,00080080b,00080090x';
    expect(rememberedChoices({ 'export.attributes': kept })).toEqual({
      '00181000': 'keep',
      '00080080': 'blank',
    });
  });

  it('say what becomes of an attribute, and whether more of it stays than the preset leaves', () => {
    const policy = policyOf(
      'sharing',
      choicesByTag({ '00080080': 'blank', '00181000': 'keep', '00180015': 'remove' }),
    );
    expect(actionOf(0x0008_0080, policy)).toBe('empty');
    expect(actionOf(0x0018_1000, policy)).toBe('keep');
    expect(weakening(policy)).toEqual([0x0018_1000]);
  });

  it.each([
    ['00080018', 'blank'],
    ['0020000d', 'remove'],
    ['00091001', 'keep'],
    ['600x3000', 'keep'],
    ['00280010', 'blank'],
  ])('of %s to %s are refused', (tag, choice) => {
    expect(attributeChoicesSchema.safeParse({ [tag]: choice }).success).toBe(false);
  });
});
