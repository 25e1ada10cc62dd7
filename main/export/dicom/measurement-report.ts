import { SystolaError } from '../../../core/error.ts';
import type { ClipFacts, ClipStage } from '../../../core/clip/clip.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { isDistance, quantitiesIn, quantityOf } from '../../../core/quantity/quantities.ts';
import { structures, type StructureId } from '../../../core/structure/structure.ts';
import { type Code, codes } from '../../dicom/write/codes.ts';
import {
  codeValue,
  containerItem,
  type ContentItem,
  imageItem,
  inEnglishItem,
  numberItem,
  related,
  type RelatedItem,
} from '../../dicom/write/content-item.ts';
import type { WrittenObject } from '../../dicom/write/write-object.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { comments } from './comments.ts';
import { conclusionItem } from './conclusion-item.ts';
import { formulaCode, writtenUnit } from '../../dicom/write/concepts.ts';
import { distanceGroups, siteOf, writtenDistances } from './distance-items.ts';
import { refuseRejected, signerOf } from './document-state.ts';
import { codeOf, measurementItem } from './measurement-item.ts';
import { observers } from './observers.ts';
import { patientStateItems, stageOfClip } from './patient-state.ts';
import { clipReference, clipsBehind } from './references.ts';
import { writeStructuredReport } from './structured-report.ts';

/** Adult Echocardiography Procedure Report (PS3.16). */
const template = '5200';

type Measured = Pick<ExportSnapshot, 'document' | 'measurements'>;

/**
 * The study's numbers as a Comprehensive SR (PS3.3 A.35.3) by TID 5200: the numbers of the report, and under them those of each
 * clip that they rest on, beat by beat. The same state of the study gives the same bytes.
 *
 * @param format under which it is exported
 * @throws SystolaError where nothing is measured or the study was rejected; NotWritable
 */
export function measurementReport(
  snapshot: Omit<ExportSnapshot, 'frame' | 'files' | 'words'>,
  format: string,
): WrittenObject {
  const { document, measurements, settings, softwareVersion } = snapshot;
  refuseRejected(document);
  const sites = findings(snapshot);
  if (sites.length === 0) {
    throw new SystolaError(
      'not-writable',
      'The study has no number that can be written: nothing is measured in it.',
    );
  }
  const behind = clipsOf(snapshot);
  const marked = new Set(writtenDistances(document).map(({ clip }) => clip));
  const clips = document.clips.filter((clip) => behind.includes(clip) || marked.has(clip));
  const images = clips.map((clip) => related('CONTAINS', imageItem(clipReference(clip))));
  const root = containerItem(codes.adultEchoReport, [
    inEnglishItem,
    ...observers(softwareVersion, signerOf(document.review.decision, settings)),
    ...section(codes.patientCharacteristics, patientNumbers(snapshot)),
    ...section(codes.imageLibrary, images),
    ...sites,
    ...conclusionItem(snapshot),
    ...comments(measurements, behind),
  ]);
  return writeStructuredReport(snapshot, {
    series: { kind: 'measurements', number: 9002, description: 'Systola measurements' },
    ...{ root, template, clips },
    earlier: snapshot.earlier(format),
  });
}

/** Clips that what is written rests on: what has no code, as strain, may rest on others. */
const clipsOf = ({ document, measurements }: Measured): ClipFacts[] =>
  clipsBehind(document, {
    used: measurements.used,
    measurements: measurements.measurements.filter((one) => codeOf(one) !== null && !isDistance(one.name)),
  });

const section = (name: Code, children: readonly RelatedItem[]): RelatedItem[] =>
  children.length === 0 ? [] : [related('CONTAINS', containerItem(name, children))];

/** Heart rate and body surface area, which are the whole patient's. */
function patientNumbers({ measurements }: Measured): RelatedItem[] {
  return quantitiesIn('patient').flatMap(({ name, code }) => {
    const found = measurements.measurements.find((one) => one.name === name);
    const unit = found && writtenUnit(found.unit);
    if (!found || !unit || code === null) return [];
    const formula = formulaCode(found.method);
    const inferred =
      formula === null ? [] : [related('INFERRED FROM', codeValue(codes.surfaceFormula, formula))];
    return [related('CONTAINS', numberItem(code, found.value * unit.factor, unit.code, inferred))];
  });
}

/** A section for each site that something is measured on (TID 5202), in contours and by distances. */
function findings(snapshot: Measured): RelatedItem[] {
  const distances = writtenDistances(snapshot.document);
  const sites = new Map<string, Code>(
    [...structures().map(({ code }): Code => code), ...distances.map(siteOf)].map((site) => [
      keyOf(site),
      site,
    ]),
  );
  return [...sites].flatMap(([key, site]) => {
    const groups = [
      ...structures()
        .filter(({ code }) => keyOf(code) === key)
        .flatMap(({ id }) => structureGroups(snapshot, id)),
      ...distanceGroups(
        snapshot,
        distances.filter((distance) => keyOf(siteOf(distance)) === key),
      ),
    ];
    if (groups.length === 0) return [];
    return section(codes.findings, [
      related('HAS CONCEPT MOD', codeValue(codes.findingSite, site)),
      ...groups.map((item) => related('CONTAINS', item)),
    ]);
  });
}

const keyOf = ({ scheme, value }: Code): string => `${scheme} ${value}`;

/** What is measured in the contours of a structure: of the study, then of each clip. */
function structureGroups(snapshot: Measured, structure: StructureId): ContentItem[] {
  const of = ({ name }: Measurement): boolean => quantityOf(name)?.structure === structure;
  const { measurements, clips } = snapshot.measurements;
  return [
    group(snapshot, measurements.filter(of), { ofStudy: true, stage: snapshot.measurements.stage }),
    ...clipsOf(snapshot).map(({ sopInstanceUid }) => {
      const clip = clips[sopInstanceUid];
      const included = new Set(clip?.includedBeats.map(({ index }) => index));
      const own = (clip?.measurements ?? []).filter(of);
      return group(
        snapshot,
        [
          ...own.filter(({ beat }) => beat !== null && included.has(beat)),
          // What is the study's number already is not said twice.
          ...own.filter((one) => one.beat === null && !measurements.some((other) => isSame(one, other))),
        ],
        { ofStudy: false, stage: stageOfClip(snapshot.measurements, sopInstanceUid) },
      );
    }),
  ].filter((item) => item !== null);
}

function group(
  snapshot: Measured,
  measurements: readonly Measurement[],
  { ofStudy, stage }: { readonly ofStudy: boolean; readonly stage: ClipStage | null },
): ContentItem | null {
  const items = measurements
    .map((one) => measurementItem(snapshot, one, { ofStudy }))
    .filter((item) => item !== null);
  if (items.length === 0) return null;
  return containerItem(codes.measurementGroup, [
    related('HAS CONCEPT MOD', codeValue(codes.imageMode, codes.twoDimensional)),
    ...patientStateItems(snapshot.measurements, stage),
    ...items,
  ]);
}

const isSame = (a: Measurement, b: Measurement): boolean =>
  a.name === b.name && a.method === b.method && a.view === b.view && a.value === b.value;
