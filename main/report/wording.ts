import type { Calibration } from '../../core/clip/calibration.ts';
import type { Sex } from '../../core/clip/clip.ts';
import type { TimingSource } from '../../core/clip/timing.ts';
import type { ViewCode } from '../../core/clip/view.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { decimalText } from '../../core/wording/number-text.ts';
import { shownQuantity } from '../../core/wording/quantity.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { cavityTraces } from '../../core/review/traces.ts';

export const viewLabels: Readonly<Record<ViewCode | 'biplane', string>> = {
  a4c: 'A4C',
  a2c: 'A2C',
  a3c: 'A3C',
  other: 'other',
  unknown: 'view ?',
  biplane: 'A4C + A2C',
};

export const sexLabels: Readonly<Record<Sex, string>> = {
  male: 'male',
  female: 'female',
  other: 'other',
  unknown: 'not known',
};

const timingLabels: Readonly<Record<TimingSource, string>> = {
  'frame-time': 'Frame Time',
  'frame-time-vector': 'Frame Time Vector',
  'actual-frame-duration': 'Actual Frame Duration',
  'effective-duration': 'Effective Duration',
  'cine-rate': 'Cine Rate',
  'recommended-display-rate': 'Recommended Display Frame Rate',
  assumed: 'no timing in the file, 30 frames/s assumed',
  still: 'single frame',
};

export function timingLabel(timing: { readonly source: TimingSource; readonly guessed: boolean }): string {
  return timingLabels[timing.source] + (timing.guessed ? ' (GUESSED)' : '');
}

export function calibrationLabel(calibration: Calibration | null): string {
  if (calibration === null) return 'none, volumes are not given';
  const sources = {
    region: 'ultrasound region of the file',
    'pixel-spacing': 'Pixel Spacing of the file',
    'user-ruler': 'RULER DRAWN BY THE USER',
  } as const;
  const spacing = `${calibration.mmPerPixelX.toFixed(4)} × ${calibration.mmPerPixelY.toFixed(4)} mm/pixel`;
  return `${sources[calibration.source]}, ${spacing}`;
}

/** How many contours came from where. */
export function contourLabel(review: ClipReview): string {
  const counts = { model: 0, propagated: 0, edited: 0, manual: 0 };
  for (const trace of Object.values(cavityTraces(review))) counts[trace.source.kind] += 1;
  const parts = [
    counts.model > 0 ? `${counts.model} by the model` : null,
    counts.propagated > 0 ? `${counts.propagated} moved after corrections` : null,
    counts.edited > 0 ? `${counts.edited} edited` : null,
    counts.manual > 0 ? `${counts.manual} drawn by hand` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** As on screen, in the clinic's units; null where it is nobody's length or area. Values are rounded only here. */
export function formatQuantity(
  measurement: Pick<Measurement, 'name' | 'value' | 'unit'>,
): { readonly number: string; readonly unit: string } | null {
  const shown = shownQuantity(measurement);
  return shown && { number: decimalText(shown.value, shown.decimals), unit: shown.unit };
}

/** "20250102" or "2025-01-02" as 2025-01-02, anything else as it stands. */
export function formatDate(date: string | null): string {
  if (date === null || date === '') return 'not given';
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date);
  return match === null ? date : `${match[1]}-${match[2]}-${match[3]}`;
}

/** Minutes are enough; always UTC, so that the page does not depend on where it is made. */
export function formatInstant(instant: Date): string {
  if (Number.isNaN(instant.getTime())) return 'time not known';
  return `${instant.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
