/** Words in the place of an id or a name, without case, spaces and signs: they tell nobody from anybody. */
const placeholders: ReadonlySet<string> = new Set([
  'anon',
  'anonym',
  'anonymisiert',
  'anonymised',
  'anonymized',
  'anonymous',
  'deidentified',
  'dummy',
  'na',
  'name',
  'noid',
  'noname',
  'none',
  'null',
  'patient',
  'patientid',
  'subject',
  'test',
  'unbekannt',
  'unknown',
]);

/** Whether a word, in lower case and of letters alone, stands for an id or a name that nobody gave. */
export const isPlaceholder = (word: string): boolean => placeholders.has(word);
