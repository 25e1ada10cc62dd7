import type { ClipFacts } from '../../core/clip/clip.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { noDayText, writtenDay } from '../../core/document/document-words.ts';
import type { CurveUnit } from '../../core/measurement/clip-curve.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { shownQuantity } from '../../core/wording/quantity.ts';
import { unitText } from '../../core/wording/unit.ts';
import { language, say } from './language.svelte.ts';

/** A DICOM date, "YYYYMMDD" or "YYYY-MM-DD", as the language writes dates; the text itself when it is neither. */
export function dateText(date: string | null): string {
  if (date === null || date === '') return say('date.none');
  const match = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(date);
  if (!match) return date;
  const day = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return language.current.date(day, { dateStyle: 'medium' });
}

/** Day that a report of somebody was written, or why there is none. */
export function writtenDayText(document: Pick<DocumentFacts, 'writtenAt'>): string {
  const day = writtenDay(document);
  return day === null ? say(noDayText(document)) : dateText(day);
}

/** A moment of our own (ISO 8601, UTC), as the language writes it, in the time of this computer. */
export const momentText = (iso: string): string =>
  language.current.date(new Date(iso), { dateStyle: 'medium', timeStyle: 'short' });

/** A moment of our own, as short as it can be told: the time of day, with the day where it was another one. */
export function clockText(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time = language.current.date(at, { timeStyle: 'short' });
  if (at.toDateString() === now.toDateString()) return time;
  return say('date.day-and-time', {
    day: language.current.date(at, { day: 'numeric', month: 'short' }),
    time,
  });
}

/** What a person typed as a number, with either decimal sign; NaN where it is none. */
export const typedNumber = (text: string): number =>
  text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'));

/** A value without and with its unit, in the clinic's units; null for what is nobody's length or area. */
export function quantityText(
  measurement: Pick<Measurement, 'name' | 'value' | 'unit'>,
): { number: string; unit: string } | null {
  const shown = shownQuantity(measurement);
  return (
    shown && {
      number: language.current.decimals(shown.value, shown.decimals),
      unit: shown.unit === '' ? '' : say(unitText(shown.unit)),
    }
  );
}

/** The volume of one contour, to a tenth, so that a small correction shows; empty without calibration. */
export const contourVolumeText = (value: number, unit: CurveUnit): string =>
  unit === 'mL' ? say('clip.contour-volume', { ml: value }) : '';

/** "frame 13/65": the thirteenth of a clip of 65 frames. */
export const frameText = (frame: number, clip: Pick<ClipFacts, 'frames'>): string =>
  clip.frames === 1
    ? say('frame.still')
    : say('frame.of', { frame: frameNumber(frame), frames: clip.frames });
