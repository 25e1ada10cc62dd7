import { calibrateClip } from '../../core/clip/calibrate.ts';
import type { RulerCalibration } from '../../core/clip/calibration.ts';
import type { ClipFacts, FramePixels, Sector } from '../../core/clip/clip.ts';
import { governingPicture } from '../../core/clip/pictures.ts';
import { pixelAspect } from '../../core/clip/pixel-aspect.ts';
import type { Box, PixelSpacing } from '../../core/geometry/point.ts';
import type { StructureBesideCavity } from '../../core/model/drawn-structures.ts';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { findSectorAndFan } from '../../core/sector/find-sector.ts';
import { inputTransform, type InputTransform } from '../../core/sector/input-transform.ts';
import { clearOutside, maskOutside } from '../../core/sector/mask-outside.ts';
import { standsStill } from '../../core/sector/stillness.ts';
import { traceFromProbability } from '../../core/trace/from-probability.ts';
import { rasterizeTrace } from '../../core/trace/rasterize.ts';
import type { LandmarkedTrace, Trace, TraceSource } from '../../core/trace/trace.ts';
import { traceBesideCavity } from '../../core/trace/trace-beside-cavity.ts';
import { ClipPictures, litFrames, sectorFor } from './clip-pictures.ts';
import { decodable, sampleFrames } from './sample-frames.ts';

/** The pixels of a clip, and all that is known of where its picture is. */
export interface ClipPixels {
  readonly facts: ClipFacts;
  readonly ruler: RulerCalibration | null;
  /** Box of the picture that the reader chose where the clip shows several. */
  readonly picture: Box | null;
  /** SHA-256 of the clip's file. Left out, no state of the model is kept for later propagations. */
  readonly fileSha256?: string;
  /** Displayed pixels of a frame: the same that the screen shows. */
  frame(frame: number): Promise<FramePixels>;
}

/** A picture that stands still in all frames, which no model is shown. */
export interface StillView {
  readonly frozen: true;
  readonly sector: Sector;
  /** The two-dimensional picture that models are shown; null for the whole image. */
  readonly picture: Box | null;
}

/** Contours and the maps of a network, at the size of its picture. */
export interface NetworkView {
  /** The contour in a map (height × width of the picture); null where there is none to be measured. */
  trace(probability: Float32Array, source: TraceSource): LandmarkedTrace | null;
  /** A contour as the network would have drawn it: height × width of the picture, 0…1. */
  mask(trace: Trace): Float32Array;
}

/** What the network that carries corrections is shown: what the model is, at its own size. */
export interface CorrectionView extends NetworkView {
  /**
   * Of a frame that the model is shown.
   * @throws SystolaError `decode-failed` when it cannot be decoded any more
   */
  input(frame: number): Promise<Float32Array>;
}

/** What a model is shown of a clip, and contours out of what it answers. */
export interface MovingView extends Omit<StillView, 'frozen'>, NetworkView {
  readonly frozen: false;
  /** Names all that the inputs follow from; for `InferenceService`. */
  readonly picturesKey: string | undefined;
  /** The model's input for a frame; null where there is nothing to segment. */
  input(frame: number): Promise<Float32Array | null>;
  /** Whether the data of a frame that `input` was asked for are damaged. */
  isUndecodable(frame: number): boolean;
  /** The contour of a structure in its map, beside the cavity's of the frame; null where there is none. */
  traceBeside(
    structure: StructureBesideCavity,
    map: Float32Array,
    cavity: LandmarkedTrace,
    source: TraceSource,
  ): LandmarkedTrace | null;
  /** null where the manifest names no correction network. */
  readonly correction: CorrectionView | null;
}

/**
 * How a model sees a clip: only the two-dimensional picture that governs it, cut to the sector as the manifest has it.
 * The same for every use of the model.
 *
 * @throws SystolaError `decode-failed` when no frame of the clip can be decoded
 */
export async function modelView(
  clip: ClipPixels,
  manifest: ModelManifest,
  signal: AbortSignal,
): Promise<StillView | MovingView> {
  const { facts } = clip;
  const picture = governingPicture(facts, clip.picture)?.box ?? null;
  const shown = async (frame: number): Promise<FramePixels> => maskOutside(await clip.frame(frame), picture);
  const samples = litFrames(await sampleFrames(facts.frames, shown, signal));
  const { sector: found, fan } = findSectorAndFan(samples, facts, clip.picture);
  if (await isFrozen(samples, picture ?? found.box, facts.frames, shown, signal)) {
    return { frozen: true, sector: { box: found.box, source: found.source }, picture };
  }
  const sector = { ...sectorFor(manifest.input.geometry, found), ...(fan === null ? {} : { fan }) };
  const transform = inputTransform(manifest.input, sector, facts.rows, facts.columns);
  const correction = correctionTransform(manifest, sector, facts);
  const pictures = new ClipPictures(manifest.input, transform, samples);
  const spacing = spacingOf(clip);
  const undecodable = new Set<number>();
  return {
    frozen: false,
    sector,
    picture,
    picturesKey: keyOf(clip, picture, transform),
    input: async (frame) => {
      const pixels = await decodable(shown(frame));
      if (pixels === null) undecodable.add(frame);
      return pixels === null ? null : pictures.toInput(pixels);
    },
    isUndecodable: (frame) => undecodable.has(frame),
    ...throughTransform(transform),
    traceBeside: (structure, map, cavity, source) => {
      const { height: rows, width: columns } = manifest.input;
      const place = { rows, columns, inputPoint: transform.inputPoint, imagePoint: transform.imagePoint };
      const { threshold } = manifest;
      // In the map's own pixels: brought to the frame as the cavity's map is, each structure would cost as much again.
      return traceBesideCavity[structure](map, place, cavity, { threshold, source, spacing, picture });
    },
    correction: correction && {
      input: async (frame) => correction.toInput(await shown(frame)),
      ...throughTransform(correction),
    },
  };

  function throughTransform({ toImage, maskToInput }: InputTransform): NetworkView {
    return {
      trace: (probability, source) => {
        const image = toImage(probability);
        clearOutside(image, facts.rows, facts.columns, picture);
        const { threshold } = manifest;
        return traceFromProbability(image, facts.rows, facts.columns, { threshold, source, spacing }).trace;
      },
      mask: (trace) => maskToInput(rasterizeTrace(trace, facts.rows, facts.columns)),
    };
  }
}

/** The model's crop at the size of the correction network's picture; null where the manifest names none. */
function correctionTransform(
  { input, correction }: ModelManifest,
  sector: Sector,
  { rows, columns }: ClipPixels['facts'],
): InputTransform | null {
  if (correction === undefined) return null;
  const { width, height } = correction;
  return inputTransform({ ...input, width, height }, sector, rows, columns);
}

function spacingOf({ facts, ruler, picture }: ClipPixels): PixelSpacing {
  return (
    calibrateClip(facts, ruler, picture).calibration ?? {
      mmPerPixelX: pixelAspect(facts, picture),
      mmPerPixelY: 1,
    }
  );
}

function keyOf(
  { facts, fileSha256 }: ClipPixels,
  picture: Box | null,
  { crop }: InputTransform,
): string | undefined {
  if (fileSha256 === undefined) return undefined;
  return JSON.stringify([fileSha256, facts.sopInstanceUid, facts.frames, picture, crop]);
}

/** Neighbouring frames that are looked at before a picture is called frozen. */
const neighboursLookedAt = 32;

/** Samples far apart may all fall on one phase of a loop that repeats itself, so neighbours are asked too. */
async function isFrozen(
  samples: readonly FramePixels[],
  box: Box,
  frames: number,
  frame: (frame: number) => Promise<FramePixels>,
  signal: AbortSignal,
): Promise<boolean> {
  if (frames < 2 || samples.length < 2 || !standsStill(samples, box)) return false;
  const neighbours = Math.min(frames, neighboursLookedAt);
  return standsStill(await sampleFrames(neighbours, frame, signal, neighbours), box);
}
