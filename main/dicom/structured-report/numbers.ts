import type { NumberChoice, ReportedNumber } from '../../../core/document/reported-number.ts';
import type { Measurement, MeasurementMethod } from '../../../core/measurement/measurement.ts';
import {
  isDistance,
  quantities,
  quantityOf,
  type MeasurementUnit,
} from '../../../core/quantity/quantities.ts';
import { structureOf } from '../../../core/structure/structure.ts';
import { cut, maxListEntries } from '../ceilings.ts';
import { codes, type Code } from '../write/codes.ts';
import { codedFormulas, codedMethods, codedViews, writtenUnits } from '../write/concepts.ts';
import { ownCodes } from '../write/own-codes.ts';
import type { ReadCode, ReadItem } from './content-tree.ts';
import { codeKey, isCode, precoordinated, readCodes } from './read-codes.ts';

/** What stands above a number and holds for it as long as the number does not say otherwise itself. */
interface Context {
  readonly site: ReadCode | null;
  readonly mode: ReadCode | null;
  readonly view: ReadCode | null;
  readonly method: ReadCode | null;
  readonly state: ReadCode | null;
}

interface FoundNumber extends Omit<ReportedNumber, 'choice' | 'of'> {
  readonly choice: Exclude<NumberChoice, 'only' | 'last'> | null;
}

/** Longest name of a method that is kept. */
const methodCharacters = 64;
const greatestValue = 1e6;

/**
 * The numbers of a report that Systola has too (TID 5200 and what it includes, and the concepts of TID 5300 that say
 * method and view themselves), one of each quantity, method, view and mode: the one that the report chose. Values that are
 * written twice, with a Selection Status and without, as scanners do, count once.
 */
export function reportedNumbers(root: ReadItem): ReportedNumber[] {
  const none = { site: null, mode: null, view: null, method: null, state: null };
  const found = [...numbersBelow(root, none)];
  const groups = Map.groupBy(found, ({ name, method, methodMeaning, view, mode, state, unit }) =>
    JSON.stringify([name, method, method === null ? methodMeaning : null, view, mode, state, unit]),
  );
  return [...groups.values()].map(chosenOf).slice(0, maxListEntries);
}

function* numbersBelow(item: ReadItem, above: Context): Generator<FoundNumber> {
  const context = qualified(item, above);
  for (const child of item.children) {
    // What belongs to a number, as its limits, is none of its own.
    if (child.valueType !== 'NUM') yield* numbersBelow(child, context);
    else if (child.relationship === 'CONTAINS') yield* numberIn(child, qualified(child, context));
  }
}

/** The context with what an item says of itself by its children. */
function qualified(item: ReadItem, above: Context): Context {
  const said = (name: Code): ReadCode | null =>
    item.children.find((child) => child.code !== null && isCode(child.name, name))?.code ?? null;
  return {
    site: said(codes.findingSite) ?? above.site,
    mode: said(codes.imageMode) ?? above.mode,
    view: said(codes.imageView) ?? above.view,
    method: said(codes.measurementMethod) ?? above.method,
    state: said(codes.patientState) ?? above.state,
  };
}

function* numberIn(item: ReadItem, { site, mode, view, method, state }: Context): Generator<FoundNumber> {
  const { name, number, children } = item;
  const unit = number?.unit ?? null;
  if (name === null || number === null || unit === null) return;
  const derivation = children.find((child) => isCode(child.name, codes.derivation))?.code ?? null;
  // A standard deviation or a greatest value is no value of the quantity.
  if (derivation !== null && !isCode(derivation, codes.mean)) return;
  const measured = quantityIn(name, unit, number.value);
  if (measured === null || !isPossible(measured)) return;
  const structure = quantityOf(measured.name)?.structure ?? null;
  const siteOf = structure === null ? null : (structureOf(structure)?.code ?? null);
  if (site !== null && siteOf !== null && !isCode(site, siteOf)) return;
  const status = children.find((child) => isCode(child.name, codes.selectionStatus))?.code ?? null;
  const formula = children.find((child) => isCode(child.name, codes.surfaceFormula))?.code ?? null;
  const coded = measured.concept ?? { method: methodOf(method) ?? formulaOf(formula), view: viewOf(view) };
  const said = measured.concept === null ? (method ?? formula) : name;
  // Both planes are the view of a biplane, whichever of them the picture on screen was of.
  const isBiplane = coded.method === 'biplane-disks' || coded.method === 'biplane-area-length';
  yield {
    name: measured.name,
    value: measured.value,
    unit: measured.unit,
    method: coded.method,
    methodMeaning: said === null ? null : cut(said.meaning || said.value, methodCharacters),
    // Which view a distance is taken in its name says, wherever the picture was from.
    view: isBiplane ? 'biplane' : isDistance(measured.name) ? null : coded.view,
    mode: isThreeDimensional(name, mode) ? '3d' : isCode(mode, readCodes.motionMode) ? 'm-mode' : null,
    state: isCode(state, codes.resting) ? 'rest' : isCode(state, codes.stress) ? 'stress' : null,
    choice: choiceOf(status) ?? (derivation === null ? null : 'mean'),
  };
}

/** Only strain is below zero. */
const isPossible = ({ name, value }: MeasuredQuantity): boolean =>
  Math.abs(value) < greatestValue && (value > 0 || quantityOf(name)?.group === 'strain');

interface MeasuredQuantity extends Pick<Measurement, 'name' | 'value' | 'unit'> {
  /** Method and view of a concept that says both. */
  readonly concept: { readonly method: MeasurementMethod | null; readonly view: Measurement['view'] } | null;
}

/** The quantity that a concept is of by its unit, as EDV and EDVI share theirs; null for what Systola does not measure. */
export function quantityIn(name: ReadCode, unit: ReadCode, value: number): MeasuredQuantity | null {
  const key = codeKey(name);
  const fittingUnits = units.get(unit.value.toLowerCase());
  if (fittingUnits === undefined) return null;
  const whole = precoordinated.find(({ code }) => codeKey(code) === key);
  const isOf = ({ name: own, code, unit }: (typeof quantities)[number]): boolean => {
    const written = code ?? ownCodes[own];
    return written !== undefined && codeKey(written) === key && fittingUnits.some((one) => one.unit === unit);
  };
  const named = whole?.name ?? quantities.find(isOf)?.name;
  const fitting =
    named === undefined ? undefined : fittingUnits.find((one) => one.unit === quantityOf(named)?.unit);
  if (named === undefined || fitting === undefined) return null;
  return {
    name: named,
    value: value * fitting.factor,
    unit: fitting.unit,
    concept: whole === undefined ? null : { method: whole.method, view: whole.view },
  };
}

interface OwnUnit {
  readonly unit: MeasurementUnit;
  /** By which a value in the other unit is multiplied. */
  readonly factor: number;
}

/** Units of files by their UCUM codes; some stand for one of several of ours. */
const units: ReadonlyMap<string, readonly OwnUnit[]> = (() => {
  const all: (readonly [string, OwnUnit])[] = [
    ...writtenUnits.map(({ code, unit, factor }) => [code.value, { unit, factor: 1 / factor }] as const),
    [readCodes.litre.value, { unit: 'mL', factor: 1000 }],
    [readCodes.cubicCentimetre.value, { unit: 'mL', factor: 1 }],
    [readCodes.millimetre.value, { unit: 'mm', factor: 1 }],
    [readCodes.metre.value, { unit: 'mm', factor: 1000 }],
    [readCodes.squareMillimetre.value, { unit: 'mm²', factor: 1 }],
    [readCodes.perMinute.value, { unit: 'bpm', factor: 1 }],
    [codes.unity.value, { unit: '%', factor: 100 }],
    [readCodes.millilitrePerMinute.value, { unit: 'L/min', factor: 0.001 }],
    // Not of UCUM, and written all the same.
    ['bpm', { unit: 'bpm', factor: 1 }],
    ['{beats}/min', { unit: 'bpm', factor: 1 }],
  ];
  const grouped = Map.groupBy(all, ([code]) => code.toLowerCase());
  return new Map([...grouped].map(([code, own]) => [code, own.map(([, unit]) => unit)]));
})();

const methodOf = (code: ReadCode | null): MeasurementMethod | null =>
  codedMethods.find(([, own]) => isCode(code, own))?.[0] ?? null;
const formulaOf = (code: ReadCode | null): MeasurementMethod | null =>
  codedFormulas.find(([, own]) => isCode(code, own))?.[0] ?? null;
const viewOf = (code: ReadCode | null): Measurement['view'] =>
  codedViews.find(([, own]) => isCode(code, own))?.[0] ?? null;
const isThreeDimensional = (name: ReadCode, mode: ReadCode | null): boolean =>
  isCode(mode, readCodes.threeDimensional) || codeKey(name) === 'LN 79990-8';

function choiceOf(status: ReadCode | null): FoundNumber['choice'] {
  if (isCode(status, codes.userChosen)) return 'chosen';
  if (isCode(status, codes.meanChosen)) return 'mean';
  return isCode(status, readCodes.mostRecentChosen) ? 'most-recent' : null;
}

const choices = ['chosen', 'mean', 'most-recent'] as const;

function chosenOf(group: readonly FoundNumber[]): ReportedNumber {
  const of = new Set(group.map(({ value }) => value)).size;
  for (const choice of choices) {
    const chosen = group.findLast((one) => one.choice === choice);
    if (chosen !== undefined) return { ...chosen, choice, of };
  }
  return { ...group.at(-1)!, choice: of === 1 ? 'only' : 'last', of };
}
