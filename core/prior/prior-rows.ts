import { sameStage } from '../clip/stage.ts';
import { message, type Message } from '../language/message.ts';
import { wayText } from '../measurement/signed-differences.ts';
import { quantities, type MeasurementName, type Quantity } from '../quantity/quantities.ts';
import type { SignedNumber } from '../review/signed-result.ts';
import { shownQuantity } from '../wording/quantity.ts';
import type { ComparableStudy } from './comparable-study.ts';
import { isBeyondSpread } from './test-retest.ts';

/** One quantity of a study beside that of another of the same patient. */
export interface PriorRow {
  readonly name: MeasurementName;
  /** How and where today's number was measured, else the prior's. */
  readonly method: string;
  readonly view: SignedNumber['view'];
  readonly unit: string;
  readonly today: number | null;
  /** The prior's number, also where the two are not compared. */
  readonly prior: number | null;
  /**
   * Today less prior as both are printed, so that what is read adds up: of EF in points. null where they are not
   * compared.
   */
  readonly change: number | null;
  /** Whether the change is beyond the spread of measuring again; null where nothing is known of it or there is no change. */
  readonly beyondSpread: boolean | null;
  /** Why there is no change: in one sentence. null where there is one, or one of the two has no number. */
  readonly notCompared: Message | null;
}

const groups: readonly Quantity['group'][] = ['main', 'indexed', 'strain', 'atrium'];

/**
 * The quantities of two studies of one patient beside each other, in the order in which they are listed. A change is
 * given only of numbers that were made alike: same method and view, same stage of the heart, of whole beats both or of
 * neither, and not of a study that was rejected. Where today's number is of one plane, that plane of a biplane prior is
 * what it is held against.
 */
export function priorRows(today: ComparableStudy, prior: ComparableStudy): PriorRow[] {
  const obstacle = obstacleOf(today, prior);
  return quantities
    .filter(({ group }) => groups.includes(group))
    .flatMap(({ name }) => {
      const own = today.measurements.filter((one) => one.name === name && isShown(one));
      const all = prior.measurements.filter((one) => one.name === name && isShown(one));
      if (own.length === 0) return all.slice(0, 1).map((one) => rowOf(name, null, one, null));
      return own.map((one) => {
        const alike = alikeOf(one, prior);
        if (alike !== null) return rowOf(name, one, alike, obstacle);
        const other = all.find(({ method }) => !own.some((mine) => mine !== one && mine.method === method));
        return rowOf(name, one, other ?? null, other === undefined ? null : otherWay(one, other));
      });
    });
}

/** The prior's number that was made as this one was. */
function alikeOf(number: SignedNumber, prior: ComparableStudy): SignedNumber | null {
  const alike = ({ name, method, view, unit }: SignedNumber): boolean =>
    name === number.name && method === number.method && view === number.view && unit === number.unit;
  return [...prior.measurements, ...prior.planes].find(alike) ?? null;
}

function rowOf(
  name: MeasurementName,
  today: SignedNumber | null,
  prior: SignedNumber | null,
  notCompared: Message | null,
): PriorRow {
  const { method, view, unit } = (today ?? prior)!;
  const change =
    today === null || prior === null || notCompared !== null ? null : printed(today) - printed(prior);
  return {
    ...{ name, method, view, unit, change, notCompared },
    today: today?.value ?? null,
    prior: prior?.value ?? null,
    beyondSpread: change === null || prior === null ? null : isBeyondSpread(name, printed(prior), change),
  };
}

/** What stands between two studies whatever the quantity. */
function obstacleOf(today: ComparableStudy, prior: ComparableStudy): Message | null {
  if (prior.standing === 'rejected') return message('prior.not-compared.rejected');
  const sameState = today.atRest === prior.atRest && (today.atRest || sameStage(today.stage, prior.stage));
  if (!sameState) return message('prior.not-compared.stage');
  if (today.wholeBeats !== prior.wholeBeats)
    return message('prior.not-compared.beats', { which: prior.wholeBeats ? 'other' : 'prior' });
  return null;
}

const otherWay = (today: SignedNumber, prior: SignedNumber): Message =>
  message('prior.not-compared.way', { today: wayText(today), prior: wayText(prior) });

/** At the decimals that a reader sees; of quantities that are compared no unit is another in print. */
function printed({ name, value, unit }: SignedNumber): number {
  const shown = shownQuantity({ name: name as MeasurementName, value, unit });
  return shown === null ? value : Number(shown.value.toFixed(shown.decimals));
}

/** Pixels are nobody's volume: there is nothing to compare. */
const isShown = ({ name, value, unit }: SignedNumber): boolean =>
  shownQuantity({ name: name as MeasurementName, value, unit }) !== null;
