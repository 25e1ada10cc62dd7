/** With the delimiter, without which older readers take a name for one of before 1993. */
const longestName = 63;

/** A text that only describes, as LO or SH holds it: one line, shortened where it is too long; null where it is empty. */
export function plainText(text: string | null, mostCharacters: number): string | null {
  const plain = (text ?? '').replaceAll(/[\p{Cc}\p{Surrogate}\\\s]+/gu, ' ').trim();
  const cut = [...plain].slice(0, mostCharacters).join('').trim();
  return cut === '' ? null : cut;
}

/** What a reader typed as a name, as a person's name of one part ("Dr. Reader^"); null where nothing was. */
export function plainName(name: string): string | null {
  const plain = plainText(name.replaceAll(/[=^]/g, ' '), longestName);
  return plain === null ? null : `${plain}^`;
}
