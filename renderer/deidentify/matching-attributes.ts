import type { ChoosableAttribute } from '../../core/deidentify/attribute-groups.ts';

/** Attributes in whose name or number every word is found: "device serial", "0018,1000", "00181000". */
export function matchingAttributes(
  attributes: readonly ChoosableAttribute[],
  search: string,
): readonly ChoosableAttribute[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return attributes;
  return attributes.filter(({ name, number }) => {
    const spelt = name.toLowerCase();
    const digits = number.toLowerCase();
    const text = [spelt, spelt.replaceAll(' ', ''), digits, digits.replaceAll(/[(),]/g, '')].join('\n');
    return words.every((word) => text.includes(word));
  });
}
