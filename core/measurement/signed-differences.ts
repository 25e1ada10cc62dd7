import type { ClipFacts } from '../clip/clip.ts';
import { message, type Message } from '../language/message.ts';
import type { SignedNumber, SignedResult } from '../review/signed-result.ts';
import { isLater } from '../quantity/quantities.ts';
import { methodText } from '../wording/method.ts';
import { quantityLabel, shownQuantity, shownText } from '../wording/quantity.ts';
import type { ClipNumbers } from './clip-numbers.ts';
import type { Measurement, MeasurementName } from './measurement.ts';

/** A number that is printed otherwise now than it was when somebody signed it. */
export interface SignedDifference {
  /** "EF", "EF of beat 2 of clip.dcm". */
  readonly what: Message;
  /** With its unit, and how it was made where that differs too; null where there was none. */
  readonly signed: Message | null;
  /** As it is now; null where there is none. */
  readonly now: Message | null;
}

/** What is measured now, as far as it can be held against what was signed. */
export interface LiveNumbers {
  readonly measurements: readonly Measurement[];
  readonly clips: Readonly<Record<string, Pick<ClipNumbers, 'measurements'>>>;
}

/**
 * Numbers that a reader sees differ from those that were signed, at the decimals that they are printed with: the
 * study's first, then the means of the clips, then single beats. A number of the study that is made in another way is
 * another number, also where it is printed alike. Quantities that were measured only later are no difference.
 */
export function signedDifferences(
  signed: Pick<SignedResult, 'measurements' | 'clips'>,
  live: LiveNumbers,
  clips: readonly Pick<ClipFacts, 'sopInstanceUid' | 'fileName'>[],
): SignedDifference[] {
  const knewLater = [signed, ...signed.clips].some(({ measurements }) =>
    measurements.some(({ name }) => isLater(name)),
  );
  const comparable = (numbers: readonly Measurement[]): readonly Measurement[] =>
    knewLater ? numbers : numbers.filter(({ name }) => !isLater(name));
  const ofStudy = differing(
    signed.measurements,
    comparable(live.measurements),
    ({ name, method }) => `${name}/${isByAreaAndLength(method)}`,
    ({ name, method }) =>
      isByAreaAndLength(method)
        ? message('number.by-area-length', { name: quantityLabel(name) })
        : quantityLabel(name),
  );
  const uids = new Set([
    ...signed.clips.map(({ sopInstanceUid }) => sopInstanceUid),
    ...Object.keys(live.clips),
  ]);
  const ofClips = [...uids].flatMap((uid) => {
    const file =
      clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.fileName ?? message('number.of-clip.gone');
    const was = signed.clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.measurements ?? [];
    return differing(
      was,
      comparable(live.clips[uid]?.measurements ?? []),
      ({ name, method, beat }) => `${name}/${method}/${beat ?? ''}`,
      ({ name, method, beat }) => {
        const of = {
          name: quantityLabel(name),
          method: method === 'area-length' ? 'area' : 'other',
          file,
        } as const;
        return beat === null
          ? message('number.of-clip', of)
          : message('number.of-beat', { ...of, beat: beat + 1 });
      },
    );
  });
  const means = ofClips.filter(({ beat }) => beat === null);
  const beats = ofClips.filter(({ beat }) => beat !== null);
  return [...ofStudy, ...means, ...beats].map(({ what, signed: was, now }) => ({ what, signed: was, now }));
}

/** Volumes that stand beside those by disks, over one plane or two. */
const isByAreaAndLength = (method: string): boolean => method.endsWith('area-length');

interface Difference extends SignedDifference {
  readonly beat: number | null;
}

function differing(
  signed: readonly SignedNumber[],
  live: readonly Measurement[],
  keyOf: (number: SignedNumber) => string,
  whatOf: (number: SignedNumber) => Message,
): Difference[] {
  const was = printed(signed, keyOf);
  const is = printed(live, keyOf);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): Difference[] => {
    const before = was.get(key);
    const now = is.get(key);
    const any = before ?? now;
    if (any === undefined) return [];
    const sameWay = before?.key === now?.key;
    if (before?.rounded === now?.rounded && sameWay) return [];
    // How it was made is said where two numbers are there that were made differently.
    const told = (one: Printed | undefined): Message | null =>
      one === undefined
        ? null
        : sameWay || before === undefined || now === undefined
          ? one.text
          : message('number.made', { number: one.text, way: wayText(one.number) });
    return [{ what: whatOf(any.number), beat: any.number.beat, signed: told(before), now: told(now) }];
  });
}

interface Printed {
  readonly number: SignedNumber;
  readonly text: Message;
  /** The number that is printed, with its unit. */
  readonly rounded: string;
  /** How it was made. */
  readonly key: string;
}

/** Those numbers that a reader sees, by key. */
function printed(
  numbers: readonly SignedNumber[],
  keyOf: (number: SignedNumber) => string,
): Map<string, Printed> {
  const found = new Map<string, Printed>();
  for (const number of numbers) {
    const shown = shownOf(number);
    if (shown === null) continue;
    const rounded = `${Number(shown.value.toFixed(shown.decimals))} ${shown.unit}`;
    const key = `${number.method}/${number.view ?? ''}`;
    found.set(keyOf(number), { number, text: shownText(shown), rounded, key });
  }
  return found;
}

/** As the report prints it, with its unit; null for what no reader is shown. */
export function signedNumberText(number: Pick<SignedNumber, 'name' | 'value' | 'unit'>): Message | null {
  const shown = shownOf(number);
  return shown && shownText(shown);
}

const shownOf = ({ name, value, unit }: Pick<SignedNumber, 'name' | 'value' | 'unit'>) =>
  shownQuantity({ name: name as MeasurementName, value, unit });

const planes = ['biplane', 'a4c', 'a2c', 'a3c', 'unknown', 'other'] as const;

/** "biplane disks, A4C + A2C": how and where a number was measured. */
export function wayText({ method, view }: Pick<SignedNumber, 'method' | 'view'>): Message {
  if (view === null) return methodText(method);
  const plane = planes.find((one) => one === view);
  return message('number.way', {
    method: methodText(method),
    plane: plane === undefined ? view : message(`number.plane.${plane}`),
  });
}
