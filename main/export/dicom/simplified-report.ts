import { SystolaError } from '../../../core/error.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { quantityOf } from '../../../core/quantity/quantities.ts';
import { structureOf } from '../../../core/structure/structure.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type Code, codes } from '../../dicom/write/codes.ts';
import {
  codeValue,
  containerItem,
  inEnglishItem,
  numberItem,
  polylineItem,
  related,
  type RelatedItem,
  textItem,
} from '../../dicom/write/content-item.ts';
import { element } from '../../dicom/write/element.ts';
import type { WrittenObject } from '../../dicom/write/write-object.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { closedContour } from './closed-contour.ts';
import { formulaCode, methodCode, viewCode, writtenUnit } from '../../dicom/write/concepts.ts';
import { contoursBehind } from './contours-behind.ts';
import { distanceLine, distancesBehind } from './distance-items.ts';
import { refuseRejected, signerOf } from './document-state.ts';
import { observers } from './observers.ts';
import { clipReference } from './references.ts';
import { postCoordinated, postCoordinatedCode, preCoordinatedCode } from './simplified-concepts.ts';
import { writeStructuredReport } from './structured-report.ts';

const simplifiedEchoStorage = '1.2.840.10008.5.1.4.1.1.88.72';
/** Simplified Echo Procedure Report (PS3.16). */
const template = '5300';

interface Said {
  readonly measurement: Measurement;
  readonly ofStudy: boolean;
}

/**
 * The numbers of the study, and the means of each clip behind them, as a Simplified Adult Echo SR (PS3.3 A.35.17) by TID
 * 5300: where a published code says everything that code alone, else modifiers around one of our own. Quantities that
 * neither can say stand in the other report.
 *
 * @param format under which it is exported
 * @throws SystolaError where nothing is measured or the study was rejected; NotWritable
 */
export function simplifiedReport(
  snapshot: Omit<ExportSnapshot, 'frame' | 'files' | 'words'>,
  format: string,
): WrittenObject {
  const { document, settings, softwareVersion } = snapshot;
  refuseRejected(document);
  const numbers = saidOf(snapshot);
  const pre = numbers.flatMap((one) => preCoordinatedItems(snapshot, one));
  const post = numbers.flatMap((one) => postCoordinatedItems(snapshot, one));
  if (pre.length + post.length === 0) {
    throw new SystolaError(
      'not-writable',
      'The study has no number that can be written: nothing is measured in it.',
    );
  }
  const root = containerItem(codes.adultEchoReport, [
    inEnglishItem,
    ...observers(softwareVersion, signerOf(document.review.decision, settings)),
    related('CONTAINS', containerItem(codes.preCoordinated, pre)),
    related('CONTAINS', containerItem(codes.postCoordinated, post)),
    related('CONTAINS', containerItem(codes.adhoc, [])),
  ]);
  const uids = new Set(
    numbers.flatMap(({ measurement }) => measurement.sources.map((one) => one.sopInstanceUid)),
  );
  return writeStructuredReport(snapshot, {
    sopClassUid: simplifiedEchoStorage,
    series: {
      ...{ kind: 'simplified-measurements', number: 9007 },
      description: 'Systola measurements. Research use only.',
    },
    ...{ root, template },
    clips: document.clips.filter(({ sopInstanceUid }) => uids.has(sopInstanceUid)),
    earlier: snapshot.earlier(format),
    // Asked of this class; there are no devices to tell apart.
    besides: [element(attributes.DeviceSerialNumber, softwareVersion)],
  });
}

/** What is the study's number already is not said twice. */
function saidOf({ document, measurements }: Pick<ExportSnapshot, 'document' | 'measurements'>): Said[] {
  const ofStudy = measurements.measurements;
  const ofClips = document.clips.flatMap(({ sopInstanceUid }) =>
    (measurements.clips[sopInstanceUid]?.measurements ?? []).filter(
      (one) =>
        one.beat === null &&
        // What is the patient's is said of the study alone.
        (quantityOf(one.name)?.structure ?? null) !== null &&
        !ofStudy.some(
          ({ name, method, view, value }) =>
            name === one.name && method === one.method && view === one.view && value === one.value,
        ),
    ),
  );
  return [
    ...ofStudy.map((measurement) => ({ measurement, ofStudy: true })),
    ...ofClips.map((measurement) => ({ measurement, ofStudy: false })),
  ];
}

function preCoordinatedItems(snapshot: Pick<ExportSnapshot, 'document'>, said: Said): RelatedItem[] {
  const code = preCoordinatedCode(said.measurement);
  return code === null ? [] : item(snapshot, said, code, []);
}

/** TID 5302: the modifiers stand in its order. */
function postCoordinatedItems(snapshot: Pick<ExportSnapshot, 'document'>, said: Said): RelatedItem[] {
  const { measurement } = said;
  const known = postCoordinated[measurement.name];
  const code = postCoordinatedCode(measurement);
  if (known === undefined || code === null || preCoordinatedCode(measurement) !== null) return [];
  const { structure, phase, site } = quantityOf(measurement.name)!;
  const { ofPatient } = known;
  const point = phase === 'ed' ? codes.endDiastole : phase === 'es' ? codes.endSystole : null;
  const modifiers: readonly (readonly [Code, Code | null])[] = [
    [codes.measurementType, known.type],
    [
      codes.findingSite,
      structure === null ? (ofPatient?.site ?? site ?? null) : (structureOf(structure)?.code ?? null),
    ],
    [codes.observationType, known.observation],
    [codes.measuredProperty, known.property],
    [codes.cyclePoint, point],
    [codes.measurementMethod, methodCode(measurement.method) ?? formulaCode(measurement.method)],
    [codes.imageMode, ofPatient === undefined ? codes.twoDimensional : null],
    [codes.imageView, viewCode(measurement.view)],
    [codes.measurementDivisor, known.perSurface ? codes.bodySurface : null],
  ];
  return item(
    snapshot,
    said,
    code,
    modifiers.flatMap(([name, value]) =>
      value === null ? [] : [related('HAS CONCEPT MOD', codeValue(name, value))],
    ),
  );
}

function item(
  { document }: Pick<ExportSnapshot, 'document'>,
  { measurement, ofStudy }: Said,
  code: Code,
  modifiers: readonly RelatedItem[],
): RelatedItem[] {
  const { name, unit, value } = measurement;
  const written = writtenUnit(unit);
  const quantity = quantityOf(name);
  if (written === null || quantity === undefined) return [];
  const { structure } = quantity;
  const behind = structure === null ? [] : contoursBehind(document, measurement, structure);
  const contours = behind.map(({ clip, frame, trace }) =>
    related(
      'INFERRED FROM',
      polylineItem(codes.sourceOfMeasurement, closedContour(clip, trace), clipReference(clip, frame)),
    ),
  );
  const distances = distancesBehind(document, measurement);
  const status = distances.length === 1 ? codes.userChosen : codes.meanChosen;
  return [
    related(
      'CONTAINS',
      numberItem(code, value * written.factor, written.code, [
        ...modifiers,
        related('HAS PROPERTIES', textItem(codes.shortLabel, name)),
        ...(ofStudy && (structure !== null || distances.length > 0)
          ? [related('HAS PROPERTIES', codeValue(codes.selectionStatus, status))]
          : []),
        ...contours,
        ...distances.map((one) => distanceLine(one, codes.sourceOfMeasurement)),
      ]),
    ),
  ];
}
