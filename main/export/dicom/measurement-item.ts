import type { Measurement } from '../../../core/measurement/measurement.ts';
import { quantityOf } from '../../../core/quantity/quantities.ts';
import { type Code, codes } from '../../dicom/write/codes.ts';
import { methodCode, viewCode, writtenUnit } from '../../dicom/write/concepts.ts';
import { codeValue, numberItem, related, type RelatedItem } from '../../dicom/write/content-item.ts';
import { ownCodes } from '../../dicom/write/own-codes.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { algorithmItems } from './algorithm.ts';
import { contourItem, contoursBehind } from './contours-behind.ts';
import { referenceLimitItems } from './reference-limits.ts';

/** Computed from means and a rate, not a mean of anything. */
const computed: readonly Measurement['name'][] = ['CO', 'CI'];

/** What a number is called elsewhere; null where nothing is, or its unit means nothing outside of its clip. */
export function codeOf({ name, unit }: Pick<Measurement, 'name' | 'unit'>): Code | null {
  return writtenUnit(unit) === null ? null : (quantityOf(name)?.code ?? ownCodes[name] ?? null);
}

/**
 * A number of TID 5203 with all that qualifies it; null for one that is not written.
 *
 * @param ofStudy it is the study's own, as the report has it: chosen, and held against limits
 */
export function measurementItem(
  { document, measurements }: Pick<ExportSnapshot, 'document' | 'measurements'>,
  measurement: Measurement,
  { ofStudy }: { readonly ofStudy: boolean },
): RelatedItem | null {
  const { name, method, view, value, unit, beat } = measurement;
  const quantity = quantityOf(name);
  const written = writtenUnit(unit);
  const code = codeOf(measurement);
  if (!quantity?.structure || code === null || written === null) return null;
  const contours = contoursBehind(document, measurement, quantity.structure);
  const isShape = unit === 'mm' || unit === 'mm²' || unit === '1';
  const phase = quantity.phase === 'ed' ? codes.endDiastole : codes.endSystole;
  const isMean = beat === null && !computed.includes(name);
  const viewed = viewCode(view);
  return related(
    'CONTAINS',
    numberItem(code, value * written.factor, written.code, [
      ...modifier(codes.measurementMethod, methodCode(method)),
      ...modifier(codes.derivation, isMean ? codes.mean : null),
      ...modifier(codes.cyclePoint, isShape && quantity.phase !== null ? phase : null),
      ...algorithmItems(document, contours),
      ...(viewed === null ? [] : [related('HAS ACQ CONTEXT', codeValue(codes.imageView, viewed))]),
      ...(ofStudy ? [related('HAS PROPERTIES', codeValue(codes.selectionStatus, codes.meanChosen))] : []),
      ...(ofStudy ? referenceLimitItems(document, measurements, measurement) : []),
      ...contours.map(contourItem),
    ]),
  );
}

const modifier = (name: Code, value: Code | null): RelatedItem[] =>
  value === null ? [] : [related('HAS CONCEPT MOD', codeValue(name, value))];
