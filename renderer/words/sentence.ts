/** A piece of a sentence: words, or what is on a key. */
export interface SentencePart {
  readonly kind: 'words' | 'key';
  readonly text: string;
}

/** What stands in backticks is a key, the backtick's own among them: "press `Shift`". */
export function sentenceParts(sentence: string): SentencePart[] {
  return sentence
    .split(/(`(?:`|[^`]+)`)/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.length > 2 && piece.startsWith('`') && piece.endsWith('`')
        ? { kind: 'key', text: piece.slice(1, -1) }
        : { kind: 'words', text: piece },
    );
}
