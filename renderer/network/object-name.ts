import { library } from '../state/library.svelte.ts';
import { session } from '../state/session.svelte.ts';
import { say } from '../words/language.svelte.ts';
import { dateText } from '../words/measurement-words.ts';

/** What a format is called, by its id. */
export function formatName(format: string): string {
  const label = session.info?.exportFormats.find(({ id }) => id === format)?.label;
  return label === undefined ? format : say(label);
}

/** A study goes by its patient and day; anything else by its name. */
export function studyName(file: string): string {
  const study = library.all.find(({ studyInstanceUid }) => studyInstanceUid === file);
  if (study === undefined) return file;
  return `${study.patientName || say('patient.no-name')} · ${dateText(study.studyDate)}`;
}

/** "dicom-contours: 1.2.3", as an object goes that could not be made, in words. */
export const objectName = (name: string): string =>
  name
    .split(': ')
    .map((part) => studyName(formatName(part)))
    .join(', ');
