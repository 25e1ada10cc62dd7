/** Family and given names of a DICOM name (PS3.5 6.2.1.1); further components stay as they are. */
export interface EnteredName {
  readonly family: string;
  readonly given: string;
}

export function enteredName(alphabetic: string): EnteredName {
  const [family = '', given = ''] = alphabetic.split('^');
  return { family, given };
}

/** The name with these in the place of its family and given names. */
export function withEnteredName(alphabetic: string, { family, given }: EnteredName): string {
  const [, , ...others] = alphabetic.split('^');
  const part = (text: string): string => text.replace(/[\^=\\]/g, ' ').trim();
  return [part(family), part(given), ...others].join('^').replace(/\^+$/, '');
}
