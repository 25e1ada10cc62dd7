import type { StudyDocument } from '../../../core/api/requests.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts, ClipStage } from '../../../core/clip/clip.ts';
import { type Caliper, sortedMarks } from '../../../core/mark/mark.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { quantityOf } from '../../../core/quantity/quantities.ts';
import { caliperLength } from '../../../core/review/caliper-length.ts';
import { type Code, codes } from '../../dicom/write/codes.ts';
import { viewCode, writtenUnit } from '../../dicom/write/concepts.ts';
import {
  codeValue,
  containerItem,
  type ContentItem,
  numberItem,
  polylineItem,
  related,
  type RelatedItem,
  textItem,
} from '../../dicom/write/content-item.ts';
import { placeInImage } from './closed-contour.ts';
import { patientStateItems, stageOfClip } from './patient-state.ts';
import { plainText } from './plain-text.ts';
import { clipReference } from './references.ts';

interface Measured {
  readonly document: Pick<StudyDocument, 'clips' | 'review'>;
  readonly measurements: StudyMeasurements;
}

/** A distance that a reader said what it is of, with its length. */
export interface WrittenDistance {
  readonly clip: ClipFacts;
  readonly caliper: Caliper;
  readonly lengthMm: number;
}

/** Of a name or words of text as LO and SH limit neither: far above what a distance is called. */
const mostCharacters = 64;

/** All distances of a study that have a name and a length: without calibration there is nothing to write. */
export function writtenDistances({ clips, review }: Measured['document']): WrittenDistance[] {
  return clips.flatMap((clip) => {
    const own = review.clips[clip.sopInstanceUid];
    if (own === undefined) return [];
    return sortedMarks(own.marks).flatMap(([, mark]) => {
      if (mark.kind !== 'caliper' || mark.frame >= clip.frames) return [];
      if (mark.name === undefined && mark.words === undefined) return [];
      const { lengthMm } = caliperLength(clip, own, mark);
      return lengthMm === null ? [] : [{ clip, caliper: mark, lengthMm }];
    });
  });
}

/** Where a distance is measured; of one in a reader's own words no more is known than that it is the heart's. */
export const siteOf = ({ caliper: { name } }: WrittenDistance): Code =>
  (name === undefined ? undefined : quantityOf(name)?.site) ?? codes.heart;

/** The line that a length was measured along, on its frame. */
export function distanceLine({ clip, caliper }: WrittenDistance, purpose: Code | null = null): RelatedItem {
  const ends = [...placeInImage(clip, caliper.from), ...placeInImage(clip, caliper.to)];
  return related('INFERRED FROM', polylineItem(purpose, ends, clipReference(clip, caliper.frame)));
}

/** The distances that a number of the study is of. */
export const distancesBehind = (
  document: Measured['document'],
  { name, sources }: Pick<Measurement, 'name' | 'sources'>,
): WrittenDistance[] =>
  writtenDistances(document).filter(
    ({ clip, caliper }) =>
      caliper.name === name &&
      sources.some((one) => one.sopInstanceUid === clip.sopInstanceUid && one.frame === caliper.frame),
  );

/**
 * The measurement groups (TID 5202) of one site: first the study's numbers, chosen by the reader where something was
 * measured once and means where it was several times, then each distance for itself that is not the study's already.
 */
export function distanceGroups(
  { document, measurements }: Measured,
  of: readonly WrittenDistance[],
): ContentItem[] {
  const ofStudy = measurements.measurements.flatMap((one) => {
    const behind = of.filter((distance) => distancesBehind(document, one).some(isSame(distance)));
    return behind.length === 0 ? [] : [{ one, behind }];
  });
  const alone = new Set(ofStudy.filter(({ behind }) => behind.length === 1).map(({ behind }) => behind[0]!));
  const byClip = Map.groupBy(
    of.filter((distance) => !alone.has(distance)),
    ({ clip }) => clip,
  );
  return [
    ...group(
      measurements,
      measurements.stage,
      ofStudy.map(({ one, behind }) => studyItem(one, behind, measurements)),
    ),
    ...[...byClip].flatMap(([clip, own]) =>
      group(
        measurements,
        stageOfClip(measurements, clip.sopInstanceUid),
        own.map((distance) => singleItem(distance, measurements, [])),
      ),
    ),
  ];
}

const isSame =
  ({ clip, caliper }: WrittenDistance) =>
  (other: WrittenDistance): boolean =>
    other.clip === clip && other.caliper === caliper;

function group(
  measurements: StudyMeasurements,
  stage: ClipStage | null,
  items: readonly RelatedItem[],
): ContentItem[] {
  if (items.length === 0) return [];
  return [
    containerItem(codes.measurementGroup, [
      related('HAS CONCEPT MOD', codeValue(codes.imageMode, codes.twoDimensional)),
      ...patientStateItems(measurements, stage),
      ...items,
    ]),
  ];
}

const chosenAs = (status: Code): RelatedItem =>
  related('HAS PROPERTIES', codeValue(codes.selectionStatus, status));

function studyItem(
  { name, value }: Measurement,
  behind: readonly WrittenDistance[],
  measurements: StudyMeasurements,
): RelatedItem {
  const [only] = behind;
  if (behind.length === 1) return singleItem(only!, measurements, [chosenAs(codes.userChosen)]);
  return lengthItem(quantityOf(name)?.code ?? codes.length, value, [
    related('HAS CONCEPT MOD', codeValue(codes.derivation, codes.mean)),
    chosenAs(codes.meanChosen),
    ...behind.map((distance) => distanceLine(distance)),
  ]);
}

function singleItem(
  distance: WrittenDistance,
  { clips }: StudyMeasurements,
  properties: readonly RelatedItem[],
): RelatedItem {
  const { clip, caliper, lengthMm } = distance;
  const { name, words } = caliper;
  const quantity = name === undefined ? undefined : quantityOf(name);
  const view = viewCode(clips[clip.sopInstanceUid]?.view.code ?? null);
  const label = words === undefined ? null : plainText(words, mostCharacters);
  return lengthItem(quantity?.code ?? codes.length, lengthMm, [
    ...(label === null ? [] : [related('HAS OBS CONTEXT', textItem(codes.trackingIdentifier, label))]),
    ...(view === null ? [] : [related('HAS ACQ CONTEXT', codeValue(codes.imageView, view))]),
    ...properties,
    distanceLine(distance),
  ]);
}

function lengthItem(code: Code, lengthMm: number, children: readonly RelatedItem[]): RelatedItem {
  const unit = writtenUnit('mm')!;
  return related('CONTAINS', numberItem(code, lengthMm * unit.factor, unit.code, children));
}
