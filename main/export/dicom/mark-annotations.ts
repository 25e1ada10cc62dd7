import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { type Mark, sortedMarks } from '../../../core/mark/mark.ts';
import { caliperLength } from '../../../core/review/caliper-length.ts';
import type { ClipReview } from '../../../core/review/review.ts';
import { caliperText } from '../../../core/wording/mark.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { type DataSet, element } from '../../dicom/write/element.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { placeInImage } from './closed-contour.ts';
import { encodedLab } from './graphic-layers.ts';
import { plainText } from './plain-text.ts';
import { clipReference } from './references.ts';

/** A distance or a note with the clip that it is on. */
export interface PlacedMark {
  readonly clip: ClipFacts;
  readonly review: ClipReview;
  readonly frame: number;
  readonly mark: Mark;
}

const layer = { name: 'MARKS', colour: '#ffb561', words: 'Distances and notes' } as const;

/** Of a text as ST (PS3.5 section 6.2), far above what a note may hold. */
const mostCharacters = 1024;

/** All distances and notes of a study. */
export const placedMarks = ({ document }: Pick<ExportSnapshot, 'document'>): PlacedMark[] =>
  document.clips.flatMap((clip) => {
    const review = document.review.clips[clip.sopInstanceUid];
    return review === undefined
      ? []
      : sortedMarks(review.marks).flatMap(([, mark]) =>
          mark.frame < clip.frames ? [{ clip, review, frame: mark.frame, mark }] : [],
        );
  });

/** An item of the Graphic Annotation Sequence (PS3.3 C.10.5): a line with its length, or words at their place. */
export function markAnnotation({ clip, review, mark }: PlacedMark): DataSet {
  const text =
    mark.kind === 'note' ? mark.text : inEnglish.say(caliperText(caliperLength(clip, review, mark), mark));
  const anchor = mark.kind === 'note' ? mark.at : mark.to;
  return [
    element(attributes.ReferencedImageSequence, clipReference(clip, mark.frame)),
    element(attributes.GraphicLayer, layer.name),
    element(attributes.TextObjectSequence, [
      element(attributes.AnchorPointAnnotationUnits, 'PIXEL'),
      element(attributes.UnformattedTextValue, plainText(text, mostCharacters) ?? '-'),
      element(attributes.AnchorPoint, ...placeInImage(clip, anchor)),
      element(attributes.AnchorPointVisibility, mark.kind === 'note' ? 'Y' : 'N'),
    ]),
    ...(mark.kind === 'note'
      ? []
      : [element(attributes.GraphicObjectSequence, line(clip, mark.from, mark.to))]),
  ];
}

const line = (clip: ClipFacts, from: Point, to: Point): DataSet => [
  element(attributes.GraphicAnnotationUnits, 'PIXEL'),
  element(attributes.GraphicDimensions, 2),
  element(attributes.NumberOfGraphicPoints, 2),
  element(attributes.GraphicData, ...placeInImage(clip, from), ...placeInImage(clip, to)),
  element(attributes.GraphicType, 'POLYLINE'),
  element(attributes.GraphicFilled, 'N'),
];

/** The item of the Graphic Layer Sequence (PS3.3 C.10.7) that marks need, above those of contours. */
export const markLayer = (below: number, marks: number): DataSet[] =>
  marks === 0
    ? []
    : [
        [
          element(attributes.GraphicLayer, layer.name),
          element(attributes.GraphicLayerOrder, below + 1),
          element(attributes.GraphicLayerRecommendedDisplayGrayscaleValue, 0xffff),
          element(attributes.GraphicLayerDescription, layer.words),
          element(attributes.GraphicLayerRecommendedDisplayCIELabValue, ...encodedLab(layer.colour)),
        ],
      ];
