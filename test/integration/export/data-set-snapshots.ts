import { defaultTemplate } from '../../../main/report/template.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts, FramePixels } from '../../../core/clip/clip.ts';
import { SystolaError } from '../../../core/error.ts';
import { inEnglish } from '../../../core/language/english.ts';
import type { Point } from '../../../core/geometry/point.ts';
import type { ClipReview, Decision } from '../../../core/review/review.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { plainDisplay } from '../../../main/dicom/grey-display.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  evenTiming,
  studyFacts,
  studyReview,
  wallsAround,
} from '../../unit/core/shapes.ts';

export const [rows, columns, frames] = [560, 500, 22];

/** Off the pixel grid, and tilted a little. */
const moved = (traces: Readonly<Record<number, Trace>>, dx: number): Record<number, Trace> =>
  Object.fromEntries(
    Object.entries(traces).map(([frame, trace]) => [
      frame,
      {
        ...trace,
        points: trace.points.map(([x, y]): Point => [x + dx + 0.3, y + 0.2 + 0.12 * (x - 250)]),
      },
    ]),
  );

/** Contours of a beating heart by structure. */
export function heart(
  dx = 0,
  least = 0.8,
): Record<'lv-cavity' | 'lv-wall' | 'left-atrium', Record<number, Trace>> {
  const cavities = beatingTraces(frames, 10, { least });
  return {
    'lv-cavity': moved(cavities, dx),
    'lv-wall': moved(wallsAround(cavities), dx),
    'left-atrium': moved(atriaBelow(cavities), dx),
  };
}

export interface GivenClip {
  readonly sopInstanceUid: string;
  readonly view?: ClipFacts['view'];
  readonly traces?: ClipReview['traces'];
  readonly facts?: Partial<ClipFacts>;
  readonly review?: Partial<ClipReview>;
}

export interface GivenStudy {
  readonly studyInstanceUid: string;
  readonly patientId?: string;
  readonly clips: readonly GivenClip[];
  readonly withPatient?: boolean;
  readonly decision?: Decision;
  /** Frames whose data are damaged. */
  readonly damaged?: readonly number[];
}

/** A study as it is exported: pictures are grey ramps that tell clip and frame, and colour where a clip says so. */
export function dataSetSnapshot(given: GivenStudy): ExportSnapshot {
  const { studyInstanceUid, patientId = 'Müller-4711', clips, withPatient = false, damaged = [] } = given;
  const patient = { ...studyFacts().patient, patientId, sex: 'female' } as const;
  const facts = { ...studyFacts({ studyInstanceUid }), patient };
  const box = { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };
  const made = clips.map(({ sopInstanceUid, view, traces = heart(), facts: changes = {}, review = {} }) => {
    const clip = clipFacts({
      ...{ sopInstanceUid, studyInstanceUid, rows, columns, frames, timing: evenTiming(frames, 25) },
      view: view ?? { code: 'a4c', source: 'file' },
      regions: [{ ...clipFacts().regions[0]!, box, deltaX: 0.04, deltaY: 0.03 }],
      ...changes,
    });
    return [clip, { ...clipReview(clip), traces, ...review }] as const;
  });
  const all = made.map(([clip]) => clip);
  const review = studyReview(facts, made, given.decision === undefined ? {} : { decision: given.decision });
  const { decision } = review;
  return {
    document: {
      facts,
      clips: all,
      review: { ...review, decision },
      documents: [],
      history: [],
      head: 1,
      runs: [],
    },
    measurements: measureStudy(facts, all, review, defaultSettings),
    settings: defaultSettings,
    words: inEnglish,
    softwareVersion: '0.1.0',
    createdAt: new Date('2026-03-04T05:06:07Z'),
    withPatient,
    deidentified: null,
    frame: (uid, frame) =>
      damaged.includes(frame)
        ? Promise.reject(new SystolaError('decode-failed', `Frame ${frame} is damaged.`))
        : Promise.resolve(pictureOf(uid, frame)),
    prior: null,
    arrangement: () => Promise.resolve({ template: defaultTemplate, logo: null }),
    files: () => Promise.resolve(new Map()),
    earlier: () => [],
    greyDisplay: () => Promise.resolve(plainDisplay),
    original: () => Promise.reject(new Error('There is no library behind it.')),
    clip: () => Promise.resolve(null),
  };
}

/** A ramp of colours, so that rows, columns and channels cannot be mistaken for one another. */
export function pictureOf(uid: string, frame: number): FramePixels {
  const data = new Uint8Array(rows * columns * 3);
  const own = 10 * Number(uid.at(-1));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = 3 * (row * columns + column);
      data[at] = (row / rows) * 180 + own;
      data[at + 1] = (column / columns) * 200;
      data[at + 2] = 5 * frame;
    }
  }
  return { rows, columns, channels: 3, data };
}
