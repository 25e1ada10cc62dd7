import type { Point } from '../../../core/geometry/point.ts';
import { clipToBox } from '../../../core/geometry/clip-to-box.ts';
import { boundingBox, polygonArea } from '../../../core/geometry/polygon.ts';
import { researchUseNotice } from '../../../core/notice.ts';
import { structureOf, structures, type StructureId } from '../../../core/structure/structure.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { contoursOf, type ResearchContour } from './contour-rows.ts';
import type { ResearchClip } from './measurement-rows.ts';

interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
  readonly sop_uid: string;
  readonly frame: number;
  readonly view: string;
}

interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly segmentation: readonly (readonly number[])[];
  readonly area: number;
  readonly bbox: readonly [x: number, y: number, width: number, height: number];
  readonly iscrowd: 0;
  readonly attributes: Readonly<Record<string, string | number | null>>;
}

/** A data set as COCO 1.0 has it, object instances (https://cocodataset.org/#format-data). */
export interface CocoDataSet {
  readonly info: Readonly<Record<string, string>>;
  readonly licenses: readonly [];
  readonly categories: readonly { id: number; name: string; supercategory: string }[];
  readonly images: readonly CocoImage[];
  readonly annotations: readonly CocoAnnotation[];
}

/**
 * The contours of clips as polygons: an image for each frame that has one, a category for each structure. COCO counts from
 * the corner of the top-left pixel, contours from its centre. What leaves the picture is cut off, as it is in masks.
 */
export function cocoOf(
  clips: readonly ResearchClip[],
  identity: { readonly studyUid: string; readonly softwareVersion: string },
): CocoDataSet {
  const contours = clips.flatMap(contoursOf);
  const categories = categoriesOf(contours);
  const images = new Map<string, CocoImage>();
  const tracks = new Map<string, number>();
  const annotations: CocoAnnotation[] = [];
  for (const contour of contours) {
    const { clip, structure, frame, phase, trace } = contour;
    const { rows, columns, sopInstanceUid } = clip.facts;
    const shape = shapeOf(tracePolyline(trace), rows, columns);
    if (shape === null) continue;
    const image = numbered(images, `${sopInstanceUid}/${frame}`, (id) => imageOf(contour, id));
    const track = numbered(tracks, `${sopInstanceUid}/${structure}`, (id) => id);
    annotations.push({
      id: annotations.length + 1,
      image_id: image.id,
      category_id: categories.indexOf(structure) + 1,
      ...shape,
      iscrowd: 0,
      attributes: { track_id: track, phase, source: trace.source.kind, confidence: trace.confidence },
    });
  }
  return {
    info: {
      description: `Contours of an echocardiogram. ${researchUseNotice}`,
      version: '1.0',
      contributor: `Systola ${identity.softwareVersion}`,
      study_uid: identity.studyUid,
    },
    licenses: [],
    categories: categories.map((name, index) => ({
      id: index + 1,
      name,
      supercategory: structureOf(name)?.code.meaning ?? 'heart',
    })),
    images: [...images.values()],
    annotations,
  };
}

/** Known structures in their order, so that these have one number in every study; then what else is contoured. */
function categoriesOf(contours: readonly ResearchContour[]): StructureId[] {
  const known = structures().map(({ id }) => id);
  const others = contours.map(({ structure }) => structure).filter((id) => !known.includes(id));
  return [...known, ...[...new Set(others)].sort()];
}

function imageOf({ clip, frame }: ResearchContour, id: number): CocoImage {
  const { sopInstanceUid, rows, columns } = clip.facts;
  return {
    id,
    file_name: `${sopInstanceUid}/frame_${String(frame).padStart(6, '0')}.png`,
    width: columns,
    height: rows,
    sop_uid: sopInstanceUid,
    frame,
    view: clip.measured.view.code,
  };
}

function numbered<Value>(known: Map<string, Value>, key: string, make: (id: number) => Value): Value {
  const value = known.get(key) ?? make(known.size + 1);
  known.set(key, value);
  return value;
}

/** null for what encloses nothing of the picture. */
function shapeOf(
  outline: readonly Point[],
  rows: number,
  columns: number,
): Pick<CocoAnnotation, 'segmentation' | 'area' | 'bbox'> | null {
  const picture = { minX: 0, minY: 0, maxX: columns, maxY: rows };
  const inCorners = outline.map(([x, y]): Point => [x + 0.5, y + 0.5]);
  const polygon = clipToBox(inCorners, picture).map(([x, y]): Point => [rounded(x), rounded(y)]);
  const area = polygonArea(polygon);
  const box = boundingBox(polygon);
  // Readers tell polygons from boxes by their having more than four numbers.
  if (box === null || polygon.length < 3 || !(area > 0)) return null;
  const { minX, minY, maxX, maxY } = box;
  return {
    segmentation: [polygon.flat()],
    area: rounded(area),
    bbox: [minX, minY, rounded(maxX - minX), rounded(maxY - minY)],
  };
}

/** Hundredths of a pixel, as data sets have them. */
const rounded = (value: number): number => Math.round(value * 100) / 100;
