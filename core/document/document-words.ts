import { message, type Message } from '../language/message.ts';
import { wayText } from '../measurement/signed-differences.ts';
import { isRemovedDate } from '../deidentify/removed-date.ts';
import { roundedAsShown, shownQuantity, shownText } from '../wording/quantity.ts';
import type { ComparedNumber } from './compared-numbers.ts';
import type { DocumentFacts } from './document-facts.ts';
import type { ReportedNumber } from './reported-number.ts';

/** Who made a document: "Scanners Model T". */
export function deviceText({
  manufacturer,
  manufacturerModel,
}: Pick<DocumentFacts, 'manufacturer' | 'manufacturerModel'>): Message {
  const names = [manufacturer, manufacturerModel].filter((name) => name !== null);
  // Some name the maker in the model too.
  const [first, second] = names;
  const name = second === undefined || second.startsWith(first ?? '') ? (second ?? first) : names.join(' ');
  return name === undefined ? message('document.device.unnamed') : message('document.device', { name });
}

/** Where numbers come from, as a heading. */
export const originText = ({ bySystola }: Pick<DocumentFacts, 'bySystola'>): Message =>
  message(bySystola ? 'document.origin.systola' : 'document.origin.scanner');

const planes = { biplane: 'biplane', a4c: 'a4c', a2c: 'a2c', a3c: 'a3c' } as const;

/** How a number was measured, in a word or two: its plane, by area and length if so; else its method, else nothing. */
export function shortWayText({ method, methodMeaning, view, mode }: ReportedNumber): Message | null {
  if (mode !== null) return message(`document.mode.${mode}`);
  if (view !== null && Object.hasOwn(planes, view)) {
    const plane = message(`number.plane.${view as keyof typeof planes}`);
    // Disks are what is meant where nothing is said, as in our own numbers.
    const isByArea = method === 'area-length' || method === 'biplane-area-length';
    return isByArea ? message('numbers.by-area-length', { name: plane }) : plane;
  }
  if (method !== null) return null;
  return methodMeaning === null ? null : message('document.way', { method: methodMeaning });
}

/** The same whole, with which of several values it is. */
export function longWayText(number: ReportedNumber): Message | null {
  const { method, methodMeaning, view, mode, state, choice, of } = number;
  const way =
    method !== null
      ? wayText({ method, view })
      : methodMeaning !== null
        ? message('document.way', { method: methodMeaning })
        : shortWayText({ ...number, mode: null });
  const parts = [
    ...(way === null ? [] : [way]),
    ...(mode === null ? [] : [message(`document.mode.${mode}`)]),
    ...(state === null ? [] : [message(`document.state.${state}`)]),
    ...(of === 1 ? [] : [message(`document.choice.${choice}`, { of })]),
  ];
  const [first, ...others] = parts;
  return first === undefined
    ? null
    : others.reduce((text, next) => message('document.joined', { text, next }), first);
}

/** A value of a document as a reader sees ours; null for what no reader is shown. */
export function reportedText(number: Pick<ReportedNumber, 'name' | 'value' | 'unit'>): Message | null {
  const shown = shownQuantity(number);
  return shown && shownText(shown);
}

/** "+3", "−4", "±0": between the two numbers as they are shown, so that it fits them; null where one is missing. */
export function differenceText({ reported, ours }: ComparedNumber): Message | null {
  const [there, here] = [shownQuantity(reported), ours && shownQuantity(ours)];
  if (there === null || here === null) return null;
  const { decimals } = there;
  const difference = roundedAsShown({ value: roundedAsShown(here) - roundedAsShown(there), decimals });
  if (difference === 0) return message('document.difference.none');
  const number = message(`number.d${decimals}`, { value: Math.abs(difference) });
  return message(difference > 0 ? 'document.difference.more' : 'document.difference.less', { number });
}

/** Day that a document was written; null where it says none, or where the one that stands there tells of no day. */
export const writtenDay = ({ writtenAt }: Pick<DocumentFacts, 'writtenAt'>): string | null =>
  writtenAt === null || isRemovedDate(writtenAt) ? null : writtenAt;

/** What stands in the place of a day that there is none of. */
export const noDayText = ({ writtenAt }: Pick<DocumentFacts, 'writtenAt'>): Message =>
  message(writtenAt === null ? 'date.none' : 'date.removed');
