import { z } from 'zod';
import type { Point } from '../geometry/point.ts';
import { largestCoordinate } from '../geometry/schema.ts';
import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  structureOf,
  type StructureId,
} from '../structure/structure.ts';
import type { OutlinedRegion } from './contour-reading.ts';

/** An outline of a COCO file, with the size of the picture that it was drawn on. */
export interface CocoOutline extends OutlinedRegion {
  readonly size: NonNullable<OutlinedRegion['size']>;
}

/** What a COCO file has outlined on frames of clips. */
export interface CocoOutlines {
  readonly outlines: readonly CocoOutline[];
  /** Annotations that no contour can be made of, by why: "3 annotations: …", and how many they are. */
  readonly leftOut: readonly { readonly reason: string; readonly annotations: number }[];
}

/** Limits that hold before anything is made of a file: contours of every frame of the longest clips come near. */
const mostImages = 200_000;
const mostAnnotations = 500_000;
const mostCategories = 1000;
const mostCoordinates = 40_000;
const longestText = 4096;

const id = z
  .number()
  .int()
  .min(-(2 ** 53))
  .max(2 ** 53);
const pixels = z.number().int().min(1).max(largestCoordinate);

const imageSchema = z.object({
  id,
  file_name: z.string().max(longestText),
  width: pixels,
  height: pixels,
  sop_uid: z.string().max(64).optional().catch(undefined),
  frame: z.number().int().min(0).max(1_000_000).optional().catch(undefined),
});

/** Polygons are lists of coordinates; masks as runs are objects, and looked at no further. */
const segmentationSchema = z.union([
  z.array(z.array(z.number().min(-largestCoordinate).max(largestCoordinate)).max(mostCoordinates)).max(1000),
  z.object({}),
]);

const annotationSchema = z.object({
  image_id: id,
  category_id: id,
  segmentation: segmentationSchema.optional().catch(undefined),
});

/** Object instances of COCO 1.0 (https://cocodataset.org/#format-data), as far as they are read. */
const cocoSchema = z.object({
  images: z.array(imageSchema).max(mostImages),
  annotations: z.array(annotationSchema).max(mostAnnotations),
  categories: z.array(z.object({ id, name: z.string().max(longestText) })).max(mostCategories),
});

/** Whether a JSON document claims to be one of COCO: then what is wrong with it is said, else it is another one. */
export function claimsToBeCoco(document: unknown): boolean {
  return (
    typeof document === 'object' &&
    document !== null &&
    ['images', 'annotations', 'categories'].every((key) =>
      Array.isArray((document as Record<string, unknown>)[key]),
    )
  );
}

/**
 * The outlines of a COCO file, as Systola exports it and as annotation tools (CVAT, "COCO 1.0") give it back: by the clip
 * and the frame that a picture's path names, `<SOP Instance UID>/frame_000012.png`, and by the structure that the
 * category's name means. COCO counts from the corner of the first pixel, we from its centre.
 *
 * @returns in words where and how the file is wrong
 */
export function cocoOutlines(document: unknown): CocoOutlines | string {
  const parsed = cocoSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `${issue?.path.map(String).join('.') || 'the file'}: ${issue?.message ?? 'it is no COCO'}`;
  }
  const { images, annotations, categories } = parsed.data;
  const names = new Map(categories.map((category) => [category.id, category.name]));
  const pictures = new Map(images.map((image) => [image.id, image]));
  const outlines: CocoOutline[] = [];
  const leftOut = new Map<string, number>();
  const seen = new Set<string>();
  for (const { image_id, category_id, segmentation } of annotations) {
    const made = outlineOf(pictures.get(image_id), names.get(category_id), segmentation);
    const key =
      typeof made === 'string' ? '' : JSON.stringify([made.sopInstanceUid, made.frame, made.structure]);
    if (typeof made !== 'string' && !seen.has(key)) {
      seen.add(key);
      outlines.push(made);
      continue;
    }
    const reason = typeof made === 'string' ? made : 'the structure is outlined on the frame already';
    leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  }
  return {
    outlines,
    leftOut: [...leftOut].map(([reason, count]) => ({ reason, annotations: count })),
  };
}

type CocoImage = z.infer<typeof imageSchema>;

/** In words why an annotation is no outline of a structure on a frame. */
function outlineOf(
  image: CocoImage | undefined,
  name: string | undefined,
  segmentation: z.infer<typeof segmentationSchema> | undefined,
): CocoOutline | string {
  if (image === undefined) return 'the file has no such image';
  if (name === undefined) return 'the file has no such category';
  const structure = structureCalled(name);
  if (structure === null) return `the category "${name.slice(0, 64)}" is no structure`;
  const place = placeOf(image);
  if (place === null)
    return 'the path of the image names no clip and frame, as <SOP Instance UID>/frame_000012.png';
  if (!Array.isArray(segmentation)) return 'it is a mask and no polygon';
  const [polygon, ...others] = segmentation.filter((one) => one.length >= 6);
  if (polygon === undefined) return 'it has no polygon';
  if (others.length > 0) return 'it has several polygons';
  if (polygon.length % 2 === 1) return 'its polygon has an odd number of coordinates';
  const outline = Array.from({ length: polygon.length / 2 }, (_, index): Point => [
    polygon[2 * index]! - 0.5,
    polygon[2 * index + 1]! - 0.5,
  ]);
  return { ...place, structure, outline, size: { rows: image.height, columns: image.width } };
}

const uid = /^[0-9]+(\.[0-9]+)+$/;

/** Tools put folders before a path, or turn its slashes; what is at its end stays. */
function placeOf({
  file_name,
  sop_uid,
  frame,
}: CocoImage): Pick<CocoOutline, 'sopInstanceUid' | 'frame'> | null {
  const parts = file_name.split(/[\\/]/);
  const number = /^(?:frame_)?(\d{1,7})\.[A-Za-z]{3,4}$/.exec(parts.at(-1) ?? '')?.[1];
  const folder = parts.at(-2) ?? '';
  const sopInstanceUid = uid.test(folder) && folder.length <= 64 ? folder : sop_uid;
  const at = number === undefined ? frame : Number(number);
  if (sopInstanceUid === undefined || !uid.test(sopInstanceUid) || at === undefined) return null;
  return { sopInstanceUid, frame: at };
}

/**
 * What people call these structures, in lower case without blanks and signs. "Myocardium" is not among them: it is a ring,
 * and a wall is stored by its outer border.
 */
const called: Readonly<Record<string, StructureId>> = {
  lvcavity: leftVentricularCavity,
  lv: leftVentricularCavity,
  leftventricle: leftVentricularCavity,
  leftventricularcavity: leftVentricularCavity,
  lvendo: leftVentricularCavity,
  lvendocardium: leftVentricularCavity,
  endocardium: leftVentricularCavity,
  lvwall: leftVentricularWall,
  lvepi: leftVentricularWall,
  lvepicardium: leftVentricularWall,
  epicardium: leftVentricularWall,
  leftatrium: leftAtrium,
  la: leftAtrium,
};

function structureCalled(name: string): StructureId | null {
  const own = structureOf(name);
  if (own !== null) return own.id;
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  return Object.hasOwn(called, plain) ? called[plain]! : null;
}
