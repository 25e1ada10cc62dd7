import type { ClipFacts, StudyFacts } from '../../../core/clip/clip.ts';
import type { ClipTiming } from '../../../core/clip/timing.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { distance, midpoint } from '../../../core/geometry/polygon.ts';
import type { MeasureOptions } from '../../../core/measurement/measure-options.ts';
import type { ClipReview, FrameTraces, RunRecord, StudyReview } from '../../../core/review/review.ts';
import { leftVentricularCavity } from '../../../core/structure/structure.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { fitControlPoints } from '../../../core/trace/control-points.ts';
import type { LandmarkedTrace, Trace } from '../../../core/trace/trace.ts';

/** A half ellipse with its flat base down, from the left hinge over the apex (up) to the right hinge. */
export function halfEllipse(diameter: number, length: number, centre: Point = [0, 0], count = 401): Point[] {
  return Array.from({ length: count }, (_, i): Point => {
    const angle = Math.PI * (1 - i / (count - 1));
    return [centre[0] + (diameter / 2) * Math.cos(angle), centre[1] - length * Math.sin(angle)];
  });
}

/** An ellipse of semi-axis `a` cut off `cut` below its centre, base down. */
export function truncatedEllipse(a: number, cut: number, diameter: number, count = 2001): Point[] {
  const start = Math.asin(cut / a);
  return Array.from({ length: count }, (_, i): Point => {
    const angle = Math.PI + start - ((Math.PI + 2 * start) * i) / (count - 1);
    return [(diameter / 2) * Math.cos(angle), -a * Math.sin(angle)];
  });
}

/** A trace of few control points along a dense wall. */
export function traceOf(wall: readonly Point[], changes: Partial<LandmarkedTrace> = {}): LandmarkedTrace {
  const base = midpoint(wall[0]!, wall[wall.length - 1]!);
  let apex = 1;
  wall.forEach((point, i) => {
    if (distance(base, point) > distance(base, wall[apex]!)) apex = i;
  });
  const { points, apexIndex } = fitControlPoints(wall, apex);
  return { points, apexIndex, source: { kind: 'manual' }, confidence: null, ...changes };
}

export const modelSource = { kind: 'model', model: 'test', sha256: '0'.repeat(64) } as const;

export function evenTiming(frames: number, stepMs = 33.3, guessed = false): ClipTiming {
  return {
    source: frames === 1 ? 'still' : guessed ? 'assumed' : 'frame-time',
    guessed,
    frameTimesMs: Array.from({ length: frames }, (_, i) => i * stepMs),
    durationMs: frames * stepMs,
    playback: 'loop',
  };
}

/** A calibrated apical four-chamber clip of 400 × 500 pixels, 0.4 mm each. */
export function clipFacts(changes: Partial<ClipFacts> = {}): ClipFacts {
  const frames = changes.frames ?? 40;
  return {
    sopInstanceUid: '1.2.3.1',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    seriesInstanceUid: '1.2.3',
    studyInstanceUid: '1.2',
    instanceNumber: 1,
    fileName: 'a.dcm',
    rows: 400,
    columns: 500,
    frames,
    timing: evenTiming(frames),
    regions: [
      {
        spatialFormat: 1,
        dataType: 1,
        box: { minX: 0, minY: 0, maxX: 499, maxY: 399 },
        unitsX: 3,
        unitsY: 3,
        deltaX: 0.04,
        deltaY: 0.04,
      },
    ],
    pixelSpacingMm: null,
    pixelAspectRatio: null,
    stage: null,
    viewName: null,
    viewNumber: null,
    view: { code: 'a4c', source: 'file' },
    heartRateBpm: null,
    rWaveTimesMs: [],
    colourOverlay: false,
    bMode: true,
    lossy: false,
    acquiredAt: null,
    manufacturer: null,
    manufacturerModel: null,
    oddities: [],
    ...changes,
  };
}

export function studyFacts(changes: Partial<StudyFacts> = {}): StudyFacts {
  return {
    studyInstanceUid: '1.2',
    patient: {
      patientId: 'p',
      issuerOfPatientId: null,
      name: { alphabetic: 'Test', ideographic: '', phonetic: '' },
      birthDate: null,
      sex: 'male',
    },
    studyDate: null,
    description: null,
    accessionNumber: null,
    heightCm: null,
    weightKg: null,
    heartRateBpm: null,
    ...changes,
  };
}

export const options: MeasureOptions = {
  bsaFormula: 'du-bois',
  axisDifferenceLimitPercent: 10,
  basalTiltLimitDegrees: 15,
};

export const finishedRun: RunRecord = {
  model: 'test',
  version: '1',
  sha256: '0'.repeat(64),
  provider: 'cpu',
  framesDone: 40,
  complete: true,
  msPerFrame: 1,
  sector: { box: { minX: 0, minY: 0, maxX: 499, maxY: 399 }, source: 'region' },
};

/** Share of full size of a beating ventricle: 1 at ED, `least` at ES, a third into each beat. */
function beating(frame: number, framesPerBeat: number, least = 0.8): number {
  const phase = (frame % framesPerBeat) / framesPerBeat;
  const fall = phase < 0.35 ? phase / 0.35 : 1 - (phase - 0.35) / 0.65;
  return 1 - (1 - least) * 0.5 * (1 - Math.cos(Math.PI * fall));
}

/** Traces of a beating half-ellipsoid for every frame of a clip, diameters and lengths in pixels. */
export function beatingTraces(
  frames: number,
  framesPerBeat: number,
  { diameter = 125, length = 212.5, least = 0.8, source = modelSource as Trace['source'] } = {},
): Record<number, LandmarkedTrace> {
  return Object.fromEntries(
    Array.from({ length: frames }, (_, frame) => {
      const share = beating(frame, framesPerBeat, least);
      const wall = halfEllipse(diameter * share, length * share, [250, 330]);
      return [frame, traceOf(wall, { source, confidence: source.kind === 'model' ? 0.9 : null })];
    }),
  );
}

/** A clip's review but for its contours, which are those of the cavity by frame. */
export type CavityReview = Partial<Omit<ClipReview, 'traces'>> & { readonly traces?: FrameTraces };

/** @param changes what differs from a clip that a run has ended on; contours by frame are the cavity's */
export function clipReview(facts: ClipFacts, { traces = {}, ...changes }: CavityReview = {}): ClipReview {
  return {
    view: facts.view,
    recognition: null,
    ruler: null,
    picture: null,
    traces: { [leftVentricularCavity]: traces },
    beats: null,
    excludedBeats: null,
    marks: {},
    run: finishedRun,
    propagation: null,
    ...changes,
  };
}

/** A study with the given clips and reviews. */
export function studyReview(
  study: StudyFacts,
  clips: readonly (readonly [ClipFacts, ClipReview])[],
  changes: Partial<StudyReview> = {},
): StudyReview {
  const initial = initialReview(
    study,
    clips.map(([facts]) => facts),
  );
  return {
    ...initial,
    clips: Object.fromEntries(clips.map(([facts, review]) => [facts.sopInstanceUid, review])),
    ...changes,
  };
}

/** The wall around each contour of a cavity of `beatingTraces`: its epicardium `thickness` px farther out. */
export function wallsAround(
  cavities: Readonly<Record<number, LandmarkedTrace>>,
  thickness = 25,
): Record<number, LandmarkedTrace> {
  return mapped(cavities, ({ diameter, length, centre }) =>
    halfEllipse(diameter + 2 * thickness, length + thickness, centre),
  );
}

/** A picture high enough for an atrium below the ventricle. */
export const withRoomBelow: Partial<ClipFacts> = {
  rows: 700,
  regions: [{ ...clipFacts().regions[0]!, box: { minX: 0, minY: 0, maxX: 499, maxY: 699 } }],
};

/** A run over such a picture. */
export const runWithRoomBelow = {
  ...finishedRun,
  sector: { box: { minX: 0, minY: 0, maxX: 499, maxY: 699 }, source: 'region' },
} as const satisfies RunRecord;

/**
 * The atrium below each contour of a cavity of `beatingTraces`: an ellipse of diameter `wide` px, cut off at the cavity's
 * hinges, whose half-axis is 60 px where the cavity is largest and more where it is smaller.
 */
export function atriaBelow(
  cavities: Readonly<Record<number, LandmarkedTrace>>,
  { wide = 130, grows = 1.5 } = {},
): Record<number, LandmarkedTrace> {
  return mapped(cavities, ({ diameter, centre: [x, y] }) => {
    const shape = atriumOf(diameter, { wide, grows });
    return truncatedEllipse(...shape).map(([px, py]): Point => [x + px, y + shape[1] - py]);
  });
}

/** Half-axis, cut and diameter of such an atrium, px. */
export function atriumOf(
  hinges: number,
  { wide = 130, grows = 1.5 } = {},
): [a: number, cut: number, diameter: number] {
  const diameter = wide + grows * (125 - hinges);
  const a = 60 + 0.5 * (125 - hinges);
  return [a, a * Math.sqrt(1 - (hinges / diameter) ** 2), diameter];
}

interface CavityShape {
  readonly diameter: number;
  readonly length: number;
  readonly centre: Point;
}

function mapped(
  cavities: Readonly<Record<number, LandmarkedTrace>>,
  wallOf: (cavity: CavityShape) => Point[],
): Record<number, LandmarkedTrace> {
  return Object.fromEntries(
    Object.entries(cavities).map(([frame, { points, apexIndex, source, confidence }]) => {
      const [first, last] = [points[0]!, points.at(-1)!];
      const centre = midpoint(first, last);
      const shape = { diameter: last[0] - first[0], length: centre[1] - points[apexIndex]![1], centre };
      return [frame, traceOf(wallOf(shape), { source, confidence })];
    }),
  );
}
