import type { Calibration } from '../../core/clip/calibration.ts';
import type { TimingSource } from '../../core/clip/timing.ts';
import type { View, ViewCode } from '../../core/clip/view.ts';
import type { Language } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { cavityTraces } from '../../core/review/traces.ts';
import { traceSourceKinds } from '../../core/trace/trace.ts';
import { listed } from '../../core/wording/listed.ts';
import { shownQuantity, shownText } from '../../core/wording/quantity.ts';
import { viewText as markedView } from '../../core/wording/view.ts';

/** A view in a word, or the two of biplane. */
export const viewText = (view: ViewCode | 'biplane'): Message => message('report.view', { view });

/** The view of a clip in a word; one that nobody has confirmed is marked. */
export const clipViewText = (view: View): Message => markedView(view, viewText(view.code));

/** Keywords of DICOM are names: they are the same in every language. */
const timingKeywords: Readonly<Partial<Record<TimingSource, string>>> = {
  'frame-time': 'Frame Time',
  'frame-time-vector': 'Frame Time Vector',
  'actual-frame-duration': 'Actual Frame Duration',
  'effective-duration': 'Effective Duration',
  'cine-rate': 'Cine Rate',
  'recommended-display-rate': 'Recommended Display Frame Rate',
};

export function timingText({
  source,
  guessed,
}: {
  readonly source: TimingSource;
  readonly guessed: boolean;
}): Message {
  const keyword = timingKeywords[source];
  const timing =
    keyword === undefined
      ? message(source === 'still' ? 'report.made.timing.still' : 'report.made.timing.assumed')
      : message('report.made.timing.named', { keyword });
  return guessed ? message('report.made.timing.guessed', { timing }) : timing;
}

const calibrationIds = {
  region: 'report.made.calibration.region',
  'pixel-spacing': 'report.made.calibration.pixel-spacing',
  'user-ruler': 'report.made.calibration.ruler',
} as const;

export function calibrationText(calibration: Calibration | null, words: Language): Message {
  if (calibration === null) return message('report.made.calibration.none');
  return message(calibrationIds[calibration.source], {
    x: words.decimals(calibration.mmPerPixelX, 4),
    y: words.decimals(calibration.mmPerPixelY, 4),
  });
}

/** How many contours came from where. */
export function contourText(review: ClipReview): Message {
  const counts = { model: 0, propagated: 0, edited: 0, manual: 0, fitted: 0 };
  for (const trace of Object.values(cavityTraces(review))) counts[trace.source.kind] += 1;
  const [first, ...others] = traceSourceKinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => message(`report.made.contours.${kind}`, { count: counts[kind] }));
  return first === undefined ? message('report.made.contours.none') : listed([first, ...others]);
}

type Valued = Pick<Measurement, 'name' | 'value' | 'unit'>;

/** As on screen, in the clinic's units; null where it is nobody's length or area. Values are rounded only here. */
export function quantityText(measurement: Valued): Message | null {
  const shown = shownQuantity(measurement);
  return shown && shownText(shown);
}

/** "20250102" or "2025-01-02" as a day, anything else as it stands. */
export function dayText(date: string | null, words: Language): string {
  if (date === null || date === '') return words.say('common.not-given');
  const match = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date);
  if (match === null) return date;
  const iso = `${match[1]}-${match[2]}-${match[3]}`;
  const day = new Date(`${iso}T00:00:00Z`);
  // A day that is in no calendar is not made into another one.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== iso) return date;
  return words.date(day, { dateStyle: 'medium', timeZone: 'UTC' });
}

/** Minutes are enough; always UTC, so that the page does not depend on where it is made. */
export function momentText(instant: Date, words: Language): Message {
  if (Number.isNaN(instant.getTime())) return message('report.moment.unknown');
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;
  return message('report.moment', { moment: words.date(instant, options) });
}
