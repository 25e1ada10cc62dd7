import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import { derivedUid } from '../../dicom/derived-uid.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { roundedDecimal } from '../../dicom/write/decimal.ts';
import { type DataSet, element } from '../../dicom/write/element.ts';
import type { SeriesOfKind } from './study-modules.ts';

/** What a segmentation says of where its frames are, and the series that it stands in with it. */
export interface SegmentGeometry {
  readonly series: Pick<SeriesOfKind, 'kind' | 'number' | 'description'>;
  readonly ofObject: DataSet;
  readonly ofAllFrames: DataSet;
  /** @param frame from 0 */
  ofFrame(frame: number): DataSet;
}

/** A loop of one plane, of which nobody knows where it is. */
export const noGeometry: SegmentGeometry = {
  series: {
    ...{ kind: 'segmentation', number: 9005 },
    description: 'Systola segmentation. Research use only.',
  },
  ofObject: [],
  ofAllFrames: [],
  ofFrame: () => [],
};

/**
 * A space made up for readers that show no segmentation without one (Cornerstone3D, Weasis, 3D Slicer): upright frames on
 * top of one another, a millimetre for each; pixels as large as the clip is calibrated, else 1 mm wide (PS3.3 C.7.6.2 and
 * C.7.6.16.2). The series says that it is made up.
 */
export function inventedGeometry(
  { sopInstanceUid }: Pick<ClipFacts, 'sopInstanceUid'>,
  measurements: Pick<StudyMeasurements, 'clips'>,
): SegmentGeometry {
  const clip = measurements.clips[sopInstanceUid];
  const { mmPerPixelX, mmPerPixelY } = clip?.calibration ??
    clip?.spacing ?? { mmPerPixelX: 1, mmPerPixelY: 1 };
  return {
    series: {
      ...{ kind: 'segmentation-geometry', number: 9008 },
      description: 'Systola segmentation, invented geometry. Research use only.',
    },
    ofObject: [
      element(attributes.FrameOfReferenceUID, derivedUid('frame-of-reference', [sopInstanceUid])),
      element(attributes.PositionReferenceIndicator),
    ],
    ofAllFrames: [
      element(attributes.PlaneOrientationSequence, [
        element(attributes.ImageOrientationPatient, ...[1, 0, 0, 0, 1, 0].map(roundedDecimal)),
      ]),
      element(attributes.PixelMeasuresSequence, [
        element(attributes.SliceThickness, roundedDecimal(1)),
        element(attributes.SpacingBetweenSlices, roundedDecimal(1)),
        element(attributes.PixelSpacing, roundedDecimal(mmPerPixelY), roundedDecimal(mmPerPixelX)),
      ]),
    ],
    ofFrame: (frame) => [
      element(attributes.PlanePositionSequence, [
        element(attributes.ImagePositionPatient, ...[0, 0, frame].map(roundedDecimal)),
      ]),
    ],
  };
}
