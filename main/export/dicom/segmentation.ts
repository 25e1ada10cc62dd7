import { inEnglish } from '../../../core/language/english.ts';
import { structureOf, type StructureId } from '../../../core/structure/structure.ts';
import { isByReader } from '../../../core/trace/trace.ts';
import { structureText } from '../../../core/wording/structure.ts';
import { derivedUid } from '../../dicom/derived-uid.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { codeItem } from '../../dicom/write/code-item.ts';
import { codes } from '../../dicom/write/codes.ts';
import { type DataSet, element, type Element, inOrder } from '../../dicom/write/element.ts';
import { inLegacyCodes } from '../../dicom/write/legacy-codes.ts';
import { schemeIdentification } from '../../dicom/write/own-codes.ts';
import { pixelData } from '../../dicom/write/pixel-data.ts';
import { writeObject, type WrittenObject } from '../../dicom/write/write-object.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { deidentification } from './deidentification.ts';
import { contentMoment, contentTime, signerOf } from './document-state.ts';
import { encodedLab, layersOf } from './graphic-layers.ts';
import { plainName, plainText } from './plain-text.ts';
import { clipReference, instancesBySeries } from './references.ts';
import { type OneOfSeveral, replacedInstance } from './predecessors.ts';
import { noGeometry, type SegmentGeometry } from './segment-geometry.ts';
import { packedBits, type SegmentedFrame, segmentedFrames } from './segmented-frames.ts';
import { manufacturer, neededOfDocuments, patientAndStudy, seriesAndEquipment } from './study-modules.ts';
import type { TracedRegion } from './traced-regions.ts';

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/**
 * The contours of one clip as a binary Segmentation (PS3.3 A.51): a segment for each structure, a frame for each of its
 * contours. A loop has no place in space, so that each frame says of which frame of the clip it is instead.
 *
 * @param regions at least one, all of one clip
 * @param geometry where the frames lie in a space that there is none of, for readers that show no other ones
 * @throws NotWritable
 */
export function segmentation(
  snapshot: Omit<ExportSnapshot, 'frame' | 'files' | 'words'>,
  regions: readonly TracedRegion[],
  { number, format, geometry = noGeometry }: OneOfSeveral & { readonly geometry?: SegmentGeometry },
): WrittenObject {
  const { document, settings, softwareVersion, createdAt, deidentified } = snapshot;
  const { clip } = regions[0]!;
  const { rows, columns } = clip;
  const bySegment = Map.groupBy(regions, ({ structure }) => structure);
  const segments = [...bySegment.keys()];
  const frames = segmentedFrames(
    clip,
    segments.flatMap((structure) => bySegment.get(structure)!),
  );
  const dimension = derivedUid('dimension', ['segmentation', clip.sopInstanceUid]);
  const signer = signerOf(document.review.decision, settings);
  const replaced = replacedInstance(document, snapshot.earlier(format), clip);
  const elements: Element[] = [
    ...patientAndStudy(document),
    ...deidentification(deidentified, { checked: null, madeAnew: ['graphics'] }),
    ...seriesAndEquipment(document, softwareVersion, {
      ...geometry.series,
      modality: 'SEG',
    }).filter(({ attribute }) => attribute !== attributes.InstanceNumber),
    element(attributes.InstanceNumber, number),
    // Asked of all; there are no devices to tell apart.
    element(attributes.DeviceSerialNumber, softwareVersion),
    ...geometry.ofObject,
    ...replaced,
    ...schemeIdentification(replaced),
    ...contentTime(contentMoment(document, createdAt)),
    element(attributes.ImageType, 'DERIVED', 'PRIMARY'),
    element(attributes.PatientOrientation),
    element(attributes.ContentLabel, 'CONTOURS'),
    element(attributes.ContentDescription, 'Contours. Research use only. Not for diagnostic use.'),
    element(attributes.ContentCreatorName, (signer && plainName(signer.name)) ?? `${manufacturer}^`),
    element(attributes.ReferencedSeriesSequence, ...instancesBySeries([clip])),
    element(attributes.SegmentationType, 'BINARY'),
    element(attributes.SegmentsOverlap, 'UNDEFINED'),
    element(
      attributes.SegmentSequence,
      ...segments.map((structure, index) => segmentItem(structure, index + 1, bySegment.get(structure)!)),
    ),
    element(attributes.DimensionOrganizationSequence, [
      element(attributes.DimensionOrganizationUID, dimension),
    ]),
    element(attributes.DimensionIndexSequence, ...dimensions(dimension)),
    element(attributes.SharedFunctionalGroupsSequence, [...geometry.ofAllFrames]),
    element(
      attributes.PerFrameFunctionalGroupsSequence,
      ...frames.map((frame) =>
        inOrder([
          ...groupsOfFrame(frame, segments.indexOf(frame.structure) + 1, clip),
          ...geometry.ofFrame(frame.frame),
        ]),
      ),
    ),
    element(attributes.SamplesPerPixel, 1),
    element(attributes.PhotometricInterpretation, 'MONOCHROME2'),
    element(attributes.NumberOfFrames, frames.length),
    element(attributes.Rows, rows),
    element(attributes.Columns, columns),
    element(attributes.BitsAllocated, 1),
    element(attributes.BitsStored, 1),
    element(attributes.HighBit, 0),
    element(attributes.PixelRepresentation, 0),
    // Masks lose nothing; what they were drawn on may have (PS3.3 C.7.6.1.1.5).
    element(attributes.LossyImageCompression, clip.lossy ? '01' : '00'),
    element(pixelData, packedBits(frames, rows * columns)),
  ];
  return writeObject({
    sopClassUid: segmentationStorage,
    elements: settings.snomedScheme === 'SRT' ? inLegacyCodes(elements) : elements,
    needed: [...neededOfDocuments, attributes.SegmentSequence, attributes.NumberOfFrames, pixelData],
  });
}

function segmentItem(structure: StructureId, number: number, regions: readonly TracedRegion[]): DataSet {
  const known = structureOf(structure);
  const label = plainText(known === null ? structure : inEnglish.say(structureText(known)), 64) ?? structure;
  const models = new Set(
    regions.flatMap(({ trace: { source } }) => ('model' in source ? [source.model] : [])),
  );
  const byReader = regions.filter(({ trace }) => isByReader(trace)).length;
  const type = byReader === regions.length ? 'MANUAL' : byReader > 0 ? 'SEMIAUTOMATIC' : 'AUTOMATIC';
  const site = known?.code ?? codes.anatomicalStructure;
  return [
    element(attributes.SegmentedPropertyCategoryCodeSequence, codeItem(codes.anatomicalStructure)),
    element(attributes.SegmentNumber, number),
    element(attributes.SegmentLabel, label),
    element(attributes.SegmentAlgorithmType, type),
    ...(type === 'MANUAL'
      ? []
      : [element(attributes.SegmentAlgorithmName, plainText([...models].join(', '), 64) ?? 'not recorded')]),
    element(
      attributes.RecommendedDisplayCIELabValue,
      ...encodedLab(layersOf([structure]).get(structure)!.colour),
    ),
    element(attributes.SegmentedPropertyTypeCodeSequence, codeItem(site)),
  ];
}

/** By segment, then by frame of the clip. */
const dimensions = (uid: string): DataSet[] =>
  [
    [attributes.ReferencedSegmentNumber, attributes.SegmentIdentificationSequence, 'Segment'] as const,
    [attributes.TemporalPositionIndex, attributes.FrameContentSequence, 'Frame of the clip'] as const,
  ].map(([pointer, group, label]) => [
    element(attributes.DimensionOrganizationUID, uid),
    element(attributes.DimensionIndexPointer, pointer.tag),
    element(attributes.FunctionalGroupPointer, group.tag),
    element(attributes.DimensionDescriptionLabel, label),
  ]);

function groupsOfFrame({ frame }: SegmentedFrame, segment: number, clip: TracedRegion['clip']): DataSet {
  const source: DataSet = [
    ...clipReference(clip, frame),
    element(attributes.SpatialLocationsPreserved, 'YES'),
    element(attributes.PurposeOfReferenceCodeSequence, codeItem(codes.sourceOfProcessing)),
  ];
  return [
    element(attributes.DerivationImageSequence, [
      element(attributes.SourceImageSequence, source),
      element(attributes.DerivationCodeSequence, codeItem(codes.segmentation)),
    ]),
    element(attributes.FrameContentSequence, [
      element(attributes.TemporalPositionIndex, frame + 1),
      element(attributes.DimensionIndexValues, segment, frame + 1),
    ]),
    element(attributes.SegmentIdentificationSequence, [element(attributes.ReferencedSegmentNumber, segment)]),
  ];
}
