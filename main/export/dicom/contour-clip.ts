import type { ClipFacts, FramePixels } from '../../../core/clip/clip.ts';
import { SystolaError } from '../../../core/error.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { roundedDecimal } from '../../dicom/write/decimal.ts';
import { element, type Element } from '../../dicom/write/element.ts';
import { encodeRle } from '../../dicom/write/encode-rle.ts';
import { CompressedFrames, pixelData } from '../../dicom/write/pixel-data.ts';
import { rleLossless, writeObject, type WrittenObject } from '../../dicom/write/write-object.ts';
import { schemeIdentification } from '../../dicom/write/own-codes.ts';
import type { ExportSnapshot } from '../exporter.ts';
import { burnedContours } from './burned-contours.ts';
import { deidentification } from './deidentification.ts';
import { contentMoment, contentTime } from './document-state.ts';
import { type OneOfSeveral, replacedInstance } from './predecessors.ts';
import { layersOf } from './graphic-layers.ts';
import { clipReference } from './references.ts';
import { neededOfDocuments, patientAndStudy, seriesAndEquipment } from './study-modules.ts';
import type { TracedRegion } from './traced-regions.ts';

const multiFrameTrueColour = '1.2.840.10008.5.1.4.1.1.7.4';

/**
 * A clip with its contours drawn into the pixels, for viewers that know nothing else: a Multi-frame True Color Secondary
 * Capture (PS3.3 A.8.5), compressed without loss. A frame that cannot be decoded is black.
 *
 * @param regions at least one, all of one clip
 * @throws NotWritable; the signal's reason
 */
export async function contourClip(
  snapshot: Omit<ExportSnapshot, 'files' | 'words'>,
  regions: readonly TracedRegion[],
  { number, format, signal }: OneOfSeveral & { readonly signal: AbortSignal },
): Promise<WrittenObject> {
  const { document, softwareVersion, createdAt, deidentified } = snapshot;
  const { clip } = regions[0]!;
  const byFrame = Map.groupBy(regions, ({ frame }) => frame);
  const layers = layersOf(regions.map(({ structure }) => structure));
  const frames: Uint8Array[] = [];
  let lost = 0;
  for (let frame = 0; frame < clip.frames; frame++) {
    signal.throwIfAborted();
    const picture = await pictureOf(snapshot, clip, frame);
    if (picture === null) lost += 1;
    const contours = (byFrame.get(frame) ?? []).map(({ structure, trace }) => ({
      curve: tracePolyline(trace),
      colour: layers.get(structure)!.colour,
    }));
    const pixels = burnedContours(picture ?? black(clip), picture === null ? [] : contours);
    frames.push(encodeRle(pixels, clip.rows, clip.columns, 3));
  }
  const replaced = replacedInstance(document, snapshot.earlier(format), clip);
  return writeObject({
    sopClassUid: multiFrameTrueColour,
    transferSyntaxUid: rleLossless,
    elements: [
      ...patientAndStudy(document),
      // Without a mask that somebody ticked there is no picture to draw on.
      ...deidentification(deidentified, { checked: true, madeAnew: ['graphics'] }),
      ...seriesAndEquipment(document, softwareVersion, {
        ...{ kind: 'contour-clip', modality: 'US', number: 9006 },
        description: 'Systola contours, burned in. Research use only.',
      }).filter(({ attribute }) => attribute !== attributes.InstanceNumber),
      element(attributes.InstanceNumber, number),
      element(attributes.Laterality),
      ...contentTime(contentMoment(document, createdAt)),
      element(attributes.ConversionType, 'WSD'),
      element(attributes.ImageType, 'DERIVED', 'SECONDARY'),
      element(attributes.PatientOrientation),
      element(
        attributes.DerivationDescription,
        `Contours drawn over the pictures. Research use only. Not for diagnostic use.${lost === 0 ? '' : ` ${lost} frames cannot be decoded and are black.`}`,
      ),
      element(attributes.SourceImageSequence, clipReference(clip)),
      ...replaced,
      ...schemeIdentification(replaced),
      element(attributes.BurnedInAnnotation, deidentified === null ? 'YES' : 'NO'),
      ...times(clip),
      element(attributes.SamplesPerPixel, 3),
      element(attributes.PhotometricInterpretation, 'RGB'),
      element(attributes.PlanarConfiguration, 0),
      element(attributes.NumberOfFrames, clip.frames),
      element(attributes.Rows, clip.rows),
      element(attributes.Columns, clip.columns),
      element(attributes.BitsAllocated, 8),
      element(attributes.BitsStored, 8),
      element(attributes.HighBit, 7),
      element(attributes.PixelRepresentation, 0),
      ...(clip.lossy ? [element(attributes.LossyImageCompression, '01')] : []),
      element(pixelData, new CompressedFrames(frames)),
    ],
    needed: [
      ...neededOfDocuments,
      attributes.ConversionType,
      attributes.BurnedInAnnotation,
      attributes.NumberOfFrames,
    ],
  });
}

async function pictureOf(
  { frame: decoded }: Pick<ExportSnapshot, 'frame'>,
  { sopInstanceUid }: ClipFacts,
  frame: number,
): Promise<FramePixels | null> {
  try {
    return await decoded(sopInstanceUid, frame);
  } catch (error) {
    // Any other reason, as a picture that may not leave, is no damaged frame.
    if (error instanceof SystolaError && error.code === 'decode-failed') return null;
    throw error;
  }
}

const black = ({ rows, columns }: ClipFacts): FramePixels => ({
  ...{ rows, columns, channels: 1 },
  data: new Uint8Array(rows * columns),
});

/** Values of DS that 64 KiB hold at their longest. */
const mostTimes = 3800;

/** When each frame is shown: by their own times as long as these can be written, else by their mean. */
function times({ timing: { frameTimesMs, durationMs } }: ClipFacts): Element[] {
  const frames = frameTimesMs.length;
  if (frames < 2) return [];
  const rate = Math.max(1, Math.round((1000 * frames) / durationMs));
  const cine = [element(attributes.CineRate, rate), element(attributes.RecommendedDisplayFrameRate, rate)];
  if (frames > mostTimes) {
    return [
      ...cine,
      element(attributes.FrameTime, roundedDecimal(durationMs / frames)),
      element(attributes.FrameIncrementPointer, attributes.FrameTime.tag),
    ];
  }
  const steps = frameTimesMs.map((time, frame) => roundedDecimal(time - (frameTimesMs[frame - 1] ?? time)));
  return [
    ...cine,
    element(attributes.FrameTimeVector, ...steps),
    element(attributes.FrameIncrementPointer, attributes.FrameTimeVector.tag),
  ];
}
