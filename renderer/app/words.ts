import type { ClipFacts, PersonName, StudyFacts } from '../../core/clip/clip.ts';
import type { MeasurementMethod } from '../../core/measurement/measurement.ts';

/** A name as it is read: family name first, "Family, Given", other writing systems behind it. */
export function personName(name: PersonName): string {
  const latin = readable(name.alphabetic);
  const others = [name.ideographic, name.phonetic].map((part) => part.replaceAll('^', ' ').trim());
  return [latin, ...others].filter((part) => part !== '').join(' · ') || 'no name';
}

/** "Family^Given^Middle^Prefix^Suffix" of one writing system (DICOM PN), as text. */
export function readable(personNameText: string): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = personNameText
    .split('^')
    .map((part) => part.trim());
  const first = [prefix, given, middle].filter((part) => part !== '').join(' ');
  return [family, first, suffix].filter((part) => part !== '').join(', ');
}

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const timeFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });

/** A DICOM date, "YYYYMMDD" or "YYYY-MM-DD", as the system writes dates; the text itself when it is neither. */
export function dateText(date: string | null): string {
  if (date === null || date === '') return 'no date';
  const match = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(date);
  if (!match) return date;
  return dateFormat.format(new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])));
}

/** A moment of our own (ISO 8601, UTC), as the system writes it. */
export const momentText = (iso: string): string => timeFormat.format(new Date(iso));

export const studyTitle = (facts: StudyFacts): string => personName(facts.patient.name);

/** Units and decimals as on screen: volumes and percentages whole, ratios to one decimal. */
export function numberText(value: number, unit: string): string {
  const decimals = unit === 'm²' || unit === 'L/min' || unit === 'L/min/m²' ? 1 : unit === 'mm' ? 1 : 0;
  return value.toFixed(decimals);
}

export const methodWords: Readonly<Record<MeasurementMethod, string>> = {
  'biplane-disks': 'biplane disks',
  'single-plane-disks': 'single-plane disks',
  'area-length': 'area–length',
  contour: 'contour',
  'frame-times': 'frame times',
  'du-bois': 'Du Bois',
  mosteller: 'Mosteller',
  entered: 'entered',
  file: 'from the file',
};

/** Frames are numbered from 0, on screen as in findings and exports: "frame 12/64" of a clip of 65 frames. */
export const frameText = (frame: number, clip: ClipFacts): string =>
  clip.frames === 1 ? 'still' : `frame ${frame}/${clip.frames - 1}`;
