import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { Measurement, MeasurementName } from '../measurement/measurement.ts';
import { isDistance, quantities, quantitiesIn } from '../quantity/quantities.ts';
import type { DocumentFacts } from './document-facts.ts';
import type { ReportedNumber } from './reported-number.ts';

/** A number of a document beside ours of the same quantity. */
export interface ComparedNumber {
  readonly reported: ReportedNumber;
  /**
   * Of the same method and view where there is one, else the study's, unless the other is of one plane, of which only the
   * same plane is comparable; null where there is none.
   */
  readonly ours: Measurement | null;
  /** Ours less theirs, in the unit of both. */
  readonly difference: number | null;
  /** Whether both are of one method and view, so that the difference is none of method. */
  readonly isOfOneMethod: boolean;
}

type Measured = Pick<StudyMeasurements, 'measurements' | 'clips' | 'atRest'>;

export interface ComparedDocument {
  readonly document: DocumentFacts;
  readonly numbers: readonly ComparedNumber[];
}

/**
 * What is compared: the volumes and what follows from them, the atrium's, heart rate, body surface area, and distances that
 * a reader named.
 */
const comparedNames: readonly MeasurementName[] = [
  ...quantitiesIn('main'),
  ...quantitiesIn('indexed'),
  ...quantitiesIn('atrium'),
  ...quantitiesIn('patient'),
]
  .filter(({ unit }) => unit !== 'mm' && unit !== 'mm²')
  .concat(quantitiesIn('distance'))
  .map(({ name }) => name);

/**
 * The numbers of a study's documents, the latest document first, beside ours. They are shown and written as theirs, and
 * none of ours ever rests on them.
 */
export function comparedDocuments(
  documents: readonly DocumentFacts[],
  measured: Measured,
): ComparedDocument[] {
  return documents
    .toSorted((a, b) => (b.writtenAt ?? '').localeCompare(a.writtenAt ?? ''))
    .map((document) => ({
      document,
      numbers: document.numbers
        .filter(({ name }) => comparedNames.includes(name))
        .toSorted((a, b) => rank(a) - rank(b))
        .map((reported) => compared(reported, measured)),
    }))
    .filter(({ numbers }) => numbers.length > 0);
}

const order = new Map(quantities.map(({ name }, index) => [name as string, index]));
/** In the order of quantities; of one, biplane before single planes. */
const rank = ({ name, view }: ReportedNumber): number =>
  10 * (order.get(name) ?? quantities.length) + (view === 'biplane' ? 0 : view === null ? 1 : 2);

function compared(reported: ReportedNumber, { measurements, clips, atRest }: Measured): ComparedNumber {
  const { name, method, view, unit, mode, state, value } = reported;
  // Numbers under stress are none of those at rest, and the other way round.
  if (state !== null && (state === 'rest') !== atRest) {
    return { reported, ours: null, difference: null, isOfOneMethod: false };
  }
  const isOfIt = (one: Measurement): boolean => one.name === name && one.unit === unit && one.beat === null;
  const means = Object.values(clips).flatMap((clip) => clip.measurements.filter(isOfIt));
  const own = measurements.filter(isOfIt);
  const isSame = (one: Measurement): boolean => one.method === method && one.view === view;
  // Heart rate and body surface area are the patient's, however they were found.
  const isOfPatient = quantitiesIn('patient').some((quantity) => quantity.name === name);
  // Of a distance there is one way in a two-dimensional picture, and reports do not name it.
  const isPlainDistance = isDistance(name) && mode === null;
  const same = mode === null && method !== null ? [...own, ...means].find(isSame) : undefined;
  const ours = same ?? (view === null || view === 'biplane' ? own[0] : undefined) ?? null;
  return {
    reported,
    ours,
    difference: ours === null ? null : ours.value - value,
    isOfOneMethod: same !== undefined || ((isOfPatient || isPlainDistance) && ours !== null),
  };
}
