import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type GreyDisplay, plainDisplay } from '../../dicom/grey-display.ts';
import { roundedDecimal } from '../../dicom/write/decimal.ts';
import { type DataSet, element, type Element } from '../../dicom/write/element.ts';
import { srgbProfile } from '../../dicom/write/srgb-profile.ts';
import { writeObject, type WrittenObject } from '../../dicom/write/write-object.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { closedContour } from './closed-contour.ts';
import { deidentification } from './deidentification.ts';
import { contentMoment, creationTime, signerOf } from './document-state.ts';
import { layerItems, layersOf } from './graphic-layers.ts';
import { plainName } from './plain-text.ts';
import { clipReference, imagesBySeries } from './references.ts';
import { manufacturer, patientAndStudy, seriesAndEquipment } from './study-modules.ts';
import { markAnnotation, markLayer, type PlacedMark } from './mark-annotations.ts';
import type { TracedRegion } from './traced-regions.ts';

/** A presentation state is of grey or of colour pictures, never of both. */
export type PictureKind = 'grey' | 'colour';

/** Pictures that one presentation state can show. */
export interface ShownPictures {
  readonly kind: PictureKind;
  /** Of its instances in the series, from 1. */
  readonly instance: number;
  /** Of grey ones, by SOP Instance UID of their clips: alike but for the window. */
  readonly displays: ReadonlyMap<string, GreyDisplay>;
}

const kinds = {
  grey: { sopClassUid: '1.2.840.10008.5.1.4.1.1.11.1', label: 'CONTOURS GREY' },
  colour: { sopClassUid: '1.2.840.10008.5.1.4.1.1.11.2', label: 'CONTOURS COLOUR' },
} as const;

/**
 * Contours over the pictures they were drawn on, as viewers lay them there: a Grayscale or Color Softcopy Presentation
 * State (PS3.3 A.33), with one closed polyline for each contour on its frame, on a layer of its structure.
 *
 * Distances and notes are a layer of their own, above.
 *
 * @param regions and marks on clips of this kind and display; at least one of either
 * @throws NotWritable
 */
export function presentationState(
  {
    document,
    measurements,
    settings,
    softwareVersion,
    createdAt,
    deidentified,
  }: Omit<ExportSnapshot, 'frame' | 'files' | 'words'>,
  { kind, instance, displays }: ShownPictures,
  regions: readonly TracedRegion[],
  marks: readonly PlacedMark[] = [],
): WrittenObject {
  const clips = [...new Set([...regions, ...marks].map(({ clip }) => clip))];
  const layers = layersOf(regions.map(({ structure }) => structure));
  const signer = signerOf(document.review.decision, settings);
  const { sopClassUid, label } = kinds[kind];
  return writeObject({
    sopClassUid,
    elements: [
      ...patientAndStudy(document),
      ...deidentification(deidentified, { checked: null, madeAnew: ['graphics'] }),
      ...seriesAndEquipment(document, softwareVersion, {
        ...{ kind: 'presentation', modality: 'PR', number: 9004 },
        description: 'Systola contours. Research use only. Not for diagnostic use.',
        instance,
      }),
      // Asked for where it is not known whether the part of the body is a pair.
      element(attributes.Laterality),
      ...creationTime(contentMoment(document, createdAt)),
      element(attributes.ContentLabel, label),
      element(attributes.ContentDescription, 'Contours. Research use only. Not for diagnostic use.'),
      element(attributes.ContentCreatorName, (signer && plainName(signer.name)) ?? `${manufacturer}^`),
      element(attributes.ReferencedSeriesSequence, ...imagesBySeries(clips)),
      element(
        attributes.DisplayedAreaSelectionSequence,
        ...clips.map((clip) => displayedArea(clip, measurements)),
      ),
      element(
        attributes.GraphicAnnotationSequence,
        ...regions.map((region) => annotation(region, layers.get(region.structure)!.name)),
        ...marks.map(markAnnotation),
      ),
      element(
        attributes.GraphicLayerSequence,
        ...layerItems(layers),
        ...markLayer(layers.size, marks.length),
      ),
      ...(kind === 'grey'
        ? greyPipeline(clips, displays)
        : [element(attributes.ICCProfile, srgbProfile()), element(attributes.ColorSpace, 'SRGB')]),
    ],
    needed: [
      attributes.InstanceNumber,
      attributes.ContentLabel,
      attributes.PresentationCreationDate,
      attributes.PresentationCreationTime,
      attributes.ReferencedSeriesSequence,
      attributes.DisplayedAreaSelectionSequence,
    ],
  });
}

/**
 * What the files ask for, said again, since a presentation state takes the place of it: rescaling of all its pictures
 * (PS3.3 C.11.1), the window of each (C.11.8), and whether low values are light (C.11.6, which counts in the place of the
 * files' photometric interpretation).
 */
function greyPipeline(
  clips: readonly ClipFacts[],
  displays: ReadonlyMap<string, GreyDisplay>,
): readonly Element[] {
  const { rescaleSlope, rescaleIntercept, isInverted } =
    displays.get(clips[0]!.sopInstanceUid) ?? plainDisplay;
  const isRescaled = rescaleSlope !== 1 || rescaleIntercept !== 0;
  const windows = clips.flatMap((clip): DataSet[] => {
    const window = displays.get(clip.sopInstanceUid)?.window ?? null;
    if (window === null) return [];
    return [
      [
        element(attributes.ReferencedImageSequence, clipReference(clip)),
        element(attributes.WindowCenter, roundedDecimal(window.center)),
        element(attributes.WindowWidth, roundedDecimal(window.width)),
      ],
    ];
  });
  return [
    ...(isRescaled
      ? [
          element(attributes.RescaleIntercept, roundedDecimal(rescaleIntercept)),
          element(attributes.RescaleSlope, roundedDecimal(rescaleSlope)),
          element(attributes.RescaleType, 'US'),
        ]
      : []),
    ...(windows.length === 0 ? [] : [element(attributes.SoftcopyVOILUTSequence, ...windows)]),
    element(attributes.PresentationLUTShape, isInverted ? 'INVERSE' : 'IDENTITY'),
  ];
}

/** The whole picture, its pixels in their proportions. */
const displayedArea = (clip: ClipFacts, measurements: StudyMeasurements): DataSet => [
  element(attributes.ReferencedImageSequence, clipReference(clip)),
  element(attributes.DisplayedAreaTopLeftHandCorner, 1, 1),
  element(attributes.DisplayedAreaBottomRightHandCorner, clip.columns, clip.rows),
  element(attributes.PresentationSizeMode, 'SCALE TO FIT'),
  proportion(measurements.clips[clip.sopInstanceUid]?.spacing ?? { mmPerPixelX: 1, mmPerPixelY: 1 }),
];

/** Vertical to horizontal size of a pixel, as two whole numbers. */
function proportion({ mmPerPixelX, mmPerPixelY }: { mmPerPixelX: number; mmPerPixelY: number }): Element {
  const ratio = Math.round((1000 * mmPerPixelY) / mmPerPixelX);
  return element(attributes.PresentationPixelAspectRatio, ...(ratio === 1000 ? [1, 1] : [ratio, 1000]));
}

function annotation({ clip, frame, trace }: TracedRegion, layer: string): DataSet {
  const contour = closedContour(clip, trace);
  return [
    element(attributes.ReferencedImageSequence, clipReference(clip, frame)),
    element(attributes.GraphicLayer, layer),
    element(attributes.GraphicObjectSequence, [
      element(attributes.GraphicAnnotationUnits, 'PIXEL'),
      element(attributes.GraphicDimensions, 2),
      element(attributes.NumberOfGraphicPoints, contour.length / 2),
      element(attributes.GraphicData, ...contour),
      element(attributes.GraphicType, 'POLYLINE'),
      element(attributes.GraphicFilled, 'N'),
    ]),
  ];
}
