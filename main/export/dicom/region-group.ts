import { createHash } from 'node:crypto';
import type { WrittenRegion } from '../../../core/export/traces-block.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { structureOf } from '../../../core/structure/structure.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { derivedUid } from '../../dicom/derived-uid.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { codes } from '../../dicom/write/codes.ts';
import {
  codeValue,
  containerItem,
  type ContentItem,
  numberItem,
  polylineItem,
  related,
  type RelatedItem,
  textItem,
  uidItem,
} from '../../dicom/write/content-item.ts';
import { encodeNumbers } from '../../dicom/write/encode-numbers.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { algorithmItems } from './algorithm.ts';
import { closedContour } from './closed-contour.ts';
import { clipReference } from './references.ts';
import type { TracedRegion } from './traced-regions.ts';

/** Cornerstone3D makes a contour that can be edited of a group that bears this name of its tool. */
const cornerstoneTool = 'Cornerstone3DTools@^0.1.0:PlanarFreehandROI';

export interface RegionGroup {
  readonly item: ContentItem;
  readonly written: WrittenRegion;
}

/**
 * A contour as a planar region of interest (TID 1410): the region on its frame for those who show it, and the same contour
 * behind its area, where Cornerstone3D takes it from.
 *
 * @param isMeasurable else no area is stated
 */
export function regionGroup(
  { document, measurements }: Pick<ExportSnapshot, 'document' | 'measurements'>,
  region: TracedRegion,
  isMeasurable: boolean,
): RegionGroup {
  const { clip, structure, frame } = region;
  const contour = closedContour(clip, region.trace);
  const graphicDataSha256 = createHash('sha256')
    .update(encodeNumbers(attributes.GraphicData, contour))
    .digest('hex');
  const { sopInstanceUid } = clip;
  // Readers take regions of one UID for one: a contour that is drawn anew gets another.
  const trackingUid = derivedUid('tracking', [sopInstanceUid, structure, `${frame}`, graphicDataSha256]);
  const reference = clipReference(clip, frame);
  const site = structureOf(structure)?.code ?? null;
  const calibration = measurements.clips[sopInstanceUid]?.calibration ?? null;
  const areaPx = polygonArea(tracePolyline(region.trace));
  const area =
    calibration === null
      ? ([areaPx, codes.pixels] as const)
      : ([
          (areaPx * calibration.mmPerPixelX * calibration.mmPerPixelY) / 100,
          codes.squareCentimetre,
        ] as const);
  const inferredFrom = related('INFERRED FROM', polylineItem(null, contour, reference));
  const children: RelatedItem[] = [
    related('HAS OBS CONTEXT', textItem(codes.trackingIdentifier, cornerstoneTool)),
    related('HAS OBS CONTEXT', uidItem(codes.trackingUid, trackingUid)),
    ...(site === null ? [] : [related('CONTAINS', codeValue(codes.finding, site))]),
    related('CONTAINS', polylineItem(codes.imageRegion, contour, reference)),
    ...(site === null ? [] : [related('HAS CONCEPT MOD', codeValue(codes.findingSite, site))]),
    ...algorithmItems(document, [region]).filter(({ item }) => item.name !== codes.algorithmParameters),
    ...(isMeasurable ? [related('CONTAINS', numberItem(codes.area, ...area, [inferredFrom]))] : []),
  ];
  return {
    item: containerItem(codes.measurementGroup, children),
    written: { sopInstanceUid, structure, frame, trackingUid, graphicDataSha256 },
  };
}
