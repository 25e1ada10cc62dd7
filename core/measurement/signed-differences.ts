import type { ClipFacts } from '../clip/clip.ts';
import type { SignedNumber, SignedResult } from '../review/signed-result.ts';
import { methodText } from '../wording/method.ts';
import { decimalText } from '../wording/number-text.ts';
import { shownQuantity } from '../wording/quantity.ts';
import type { ClipNumbers } from './clip-numbers.ts';
import type { Measurement, MeasurementName } from './measurement.ts';

/** A number that is printed otherwise now than it was when somebody signed it. */
export interface SignedDifference {
  /** "EF", "EF of beat 2 of clip.dcm". */
  readonly what: string;
  /** With its unit, and how it was made where that differs too; null where there was none. */
  readonly signed: string | null;
  /** As it is now; null where there is none. */
  readonly now: string | null;
}

/** What is measured now, as far as it can be held against what was signed. */
export interface LiveNumbers {
  readonly measurements: readonly Measurement[];
  readonly clips: Readonly<Record<string, Pick<ClipNumbers, 'measurements'>>>;
}

/**
 * Numbers that a reader sees differ from those that were signed, at the decimals that they are printed with: the
 * study's first, then the means of the clips, then single beats. A number of the study that is made in another way is
 * another number, also where it is printed alike.
 */
export function signedDifferences(
  signed: SignedResult,
  live: LiveNumbers,
  clips: readonly Pick<ClipFacts, 'sopInstanceUid' | 'fileName'>[],
): SignedDifference[] {
  const ofStudy = differing(
    signed.measurements,
    live.measurements,
    ({ name }) => name,
    ({ name }) => name,
  );
  const uids = new Set([
    ...signed.clips.map(({ sopInstanceUid }) => sopInstanceUid),
    ...Object.keys(live.clips),
  ]);
  const ofClips = [...uids].flatMap((uid) => {
    const file =
      clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.fileName ?? 'a clip that is not there';
    const was = signed.clips.find(({ sopInstanceUid }) => sopInstanceUid === uid)?.measurements ?? [];
    return differing(
      was,
      live.clips[uid]?.measurements ?? [],
      ({ name, method, beat }) => `${name}/${method}/${beat ?? ''}`,
      ({ name, method, beat }) =>
        `${name}${method === 'area-length' ? ' (area–length)' : ''}${beat === null ? '' : ` of beat ${beat + 1}`} of ${file}`,
    );
  });
  const means = ofClips.filter(({ beat }) => beat === null);
  const beats = ofClips.filter(({ beat }) => beat !== null);
  return [...ofStudy, ...means, ...beats].map(({ what, signed: was, now }) => ({ what, signed: was, now }));
}

interface Difference extends SignedDifference {
  readonly beat: number | null;
}

function differing(
  signed: readonly SignedNumber[],
  live: readonly Measurement[],
  keyOf: (number: SignedNumber) => string,
  whatOf: (number: SignedNumber) => string,
): Difference[] {
  const was = printed(signed, keyOf);
  const is = printed(live, keyOf);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): Difference[] => {
    const before = was.get(key);
    const now = is.get(key);
    const any = before ?? now;
    if (any === undefined) return [];
    const sameWay = before?.way === now?.way;
    if (before?.text === now?.text && sameWay) return [];
    // How it was made is said where two numbers are there that were made differently.
    const told = (one: Printed | undefined): string | null =>
      one === undefined
        ? null
        : sameWay || before === undefined || now === undefined
          ? one.text
          : `${one.text} (${one.way})`;
    return [{ what: whatOf(any.number), beat: any.number.beat, signed: told(before), now: told(now) }];
  });
}

interface Printed {
  readonly number: SignedNumber;
  readonly text: string;
  readonly way: string;
}

/** Those numbers that a reader sees, by key. */
function printed(
  numbers: readonly SignedNumber[],
  keyOf: (number: SignedNumber) => string,
): Map<string, Printed> {
  const found = new Map<string, Printed>();
  for (const number of numbers) {
    const text = signedNumberText(number);
    if (text !== null) found.set(keyOf(number), { number, text, way: wayText(number) });
  }
  return found;
}

/** As the report prints it, with its unit; null for what no reader is shown. */
export function signedNumberText({
  name,
  value,
  unit,
}: Pick<SignedNumber, 'name' | 'value' | 'unit'>): string | null {
  const shown = shownQuantity({ name: name as MeasurementName, value, unit });
  return shown && `${decimalText(shown.value, shown.decimals)} ${shown.unit}`.trim();
}

const planes: Readonly<Record<string, string>> = {
  biplane: 'A4C + A2C',
  a4c: 'A4C',
  a2c: 'A2C',
  a3c: 'A3C',
  unknown: 'view not known',
  other: 'not apical',
};

/** "biplane disks, A4C + A2C": how and where a number was measured. */
export function wayText({ method, view }: Pick<SignedNumber, 'method' | 'view'>): string {
  return [methodText(method), view === null ? '' : (planes[view] ?? view)]
    .filter((part) => part !== '')
    .join(', ');
}
