import type { ClipFacts } from '../../core/clip/clip.ts';
import type { CurveUnit } from '../../core/measurement/clip-curve.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { decimalText } from '../../core/wording/number-text.ts';
import { shownQuantity } from '../../core/wording/quantity.ts';

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

const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A moment of our own, as short as it can be told: the time of day, with the day where it was another one. */
export function clockText(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const today = at.toDateString() === now.toDateString();
  return today ? clockFormat.format(at) : `${dayFormat.format(at)} ${clockFormat.format(at)}`;
}

/** What a person typed as a number, with either decimal sign; NaN where it is none. */
export const typedNumber = (text: string): number =>
  text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'));

/** A value without and with its unit, in the clinic's units; null for what is nobody's length or area. */
export function quantityText(
  measurement: Pick<Measurement, 'name' | 'value' | 'unit'>,
): { number: string; unit: string } | null {
  const shown = shownQuantity(measurement);
  return shown && { number: decimalText(shown.value, shown.decimals), unit: shown.unit };
}

/** The volume of one contour, to a tenth, so that a small correction shows; empty without calibration. */
export const contourVolumeText = (value: number, unit: CurveUnit): string =>
  unit === 'mL' ? `${decimalText(value, 1)} mL` : '';

/** "frame 13/65": the thirteenth of a clip of 65 frames. */
export const frameText = (frame: number, clip: Pick<ClipFacts, 'frames'>): string =>
  clip.frames === 1 ? 'still' : `frame ${frameNumber(frame)}/${clip.frames}`;
