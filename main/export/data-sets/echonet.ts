import { SystolaError } from '../../../core/error.ts';
import type { FramePixels } from '../../../core/clip/clip.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { leftVentricularCavity } from '../../../core/structure/structure.ts';
import { hasLandmarks } from '../../../core/trace/trace.ts';
import type { ExportedFile, ExportSnapshot } from '../exporter.ts';
import type { ResearchClip } from '../research/measurement-rows.ts';
import { clipName } from './case-name.ts';
import { frameRate, pictureOf } from './clip-pictures.ts';
import { dataSetStudies, type DataSetStudy, type LeftOut, refuseEmpty } from './data-set-studies.ts';
import { type Chord, echonetChords } from './echonet-chords.ts';
import { encodeJpeg } from './jpeg-encoder.ts';
import { labelledTrace } from './label-map.ts';
import { motionJpegAvi } from './motion-jpeg-avi.ts';
import { aboutDataSet, type DataSetSource } from './sources-table.ts';
import { partsByPatient } from './split-by-patient.ts';
import { type BeatNumbers, beatNumbers, standingBeat } from './standing-beat.ts';

/** How a clip's pictures are put into the frames of its video. */
export interface VideoFrames {
  readonly rows: number;
  readonly columns: number;
  picture(frame: FramePixels): FramePixels;
  /** Image pixels of the clip -> pixels of the video. */
  point(point: Point): Point;
}

/** Six of eight patients are for training, as about three in four are in the published data set. */
const splits = ['TRAIN', 'TRAIN', 'TRAIN', 'TRAIN', 'TRAIN', 'TRAIN', 'VAL', 'TEST'] as const;

/** Readers of RIFF count its bytes in 32 bits, many with a sign. */
const largestVideoBytes = 2 ** 31 - 1;

interface EchonetVideo {
  readonly name: string;
  readonly study: DataSetStudy;
  readonly clip: ResearchClip;
  readonly frames: VideoFrames;
  readonly rate: number;
  readonly numbers: BeatNumbers;
  /** Tracings of ES, then of ED, as the published list has them. */
  readonly tracings: readonly { readonly frame: number; readonly chords: readonly Chord[] }[];
}

/**
 * A folder as that of EchoNet-Dynamic (Ouyang et al., Nature 2020;580:252–256), which its published loader reads: a video
 * for each four-chamber clip, the numbers of the beat that stands for it, and that beat's contours at ES and ED as chords.
 *
 * @param framesOf how the pictures of a clip become frames of a video
 */
export async function* echonetFiles(
  snapshots: AsyncIterable<ExportSnapshot>,
  signal: AbortSignal,
  framesOf: (clip: ResearchClip) => VideoFrames,
): AsyncGenerator<ExportedFile> {
  const { studies, leftOut: rejected } = await dataSetStudies(snapshots, signal);
  const leftOut: LeftOut[] = [...rejected];
  const videos: EchonetVideo[] = [];
  for (const study of studies) {
    for (const clip of study.clips) {
      const video = videoOf(study, clip, framesOf);
      if (typeof video !== 'string') videos.push(video);
      else leftOut.push(left(study, clip, video));
    }
  }
  const written: EchonetVideo[] = [];
  const remarks = new Map<EchonetVideo, readonly string[]>();
  for (const video of videos) {
    const loop = await loopOf(video, signal);
    if (typeof loop === 'string') {
      leftOut.push(left(video.study, video.clip, loop));
      continue;
    }
    written.push(video);
    if (loop.withoutPicture.length > 0) {
      remarks.set(video, [`black for want of a picture: frames ${loop.withoutPicture.join(', ')}`]);
    }
    yield { path: `Videos/${video.name}.avi`, bytes: loop.bytes };
  }
  if (written.length === 0) refuseEmpty('EchoNet-Dynamic', leftOut);
  const parts = partsByPatient(
    written.map(({ study }) => study),
    splits.length,
  );
  const splitOf = ({ study }: EchonetVideo): string => splits[parts.get(study.patient) ?? 0]!;
  yield { path: 'FileList.csv', bytes: text(fileList(written, splitOf)) };
  yield { path: 'VolumeTracings.csv', bytes: text(volumeTracings(written)) };
  const sources = written.map((video): DataSetSource => {
    const [es, ed] = video.tracings;
    return {
      ...{ name: video.name, study: video.study, clip: video.clip, part: splitOf(video) },
      frames: video.tracings.map(({ frame }) => frame).sort((a, b) => a - b),
      ...{ edFrame: ed?.frame ?? null, esFrame: es?.frame ?? null, structures: [leftVentricularCavity] },
      remarks: remarks.get(video) ?? [],
    };
  });
  yield* aboutDataSet(sources, leftOut, page);
}

const page = [
  'Four-chamber loops with tracings of the left ventricle, laid out as EchoNet-Dynamic is.',
  '',
  'FileList.csv: EF in %, volumes in mL by single-plane disks, of the beat that is traced; empty where not calibrated.',
  'VolumeTracings.csv: of each video first the ES frame, then the ED frame (from 0); of each frame first the long axis',
  'from base to apex, then the chords of the disks from base to apex; pixels, 0 is the centre of the first one.',
];

function left({ studyUid }: DataSetStudy, { facts }: ResearchClip, reason: string): LeftOut {
  return { studyUid, sopInstanceUid: facts.sopInstanceUid, reason };
}

/** In words why a clip has no video. */
function videoOf(
  study: DataSetStudy,
  clip: ResearchClip,
  framesOf: (clip: ResearchClip) => VideoFrames,
): EchonetVideo | string {
  const { view, spacing } = clip.measured;
  if (view.code !== 'a4c') return 'its view is not the apical four-chamber view';
  const standing = standingBeat(clip);
  if (standing === null) return 'no beat has contours at ED and ES';
  const numbers = beatNumbers(clip, standing.index);
  if (numbers.efPercent === null) return 'its beats have no EF';
  const rate = frameRate(clip);
  if (rate === null) return 'it is a still';
  const frames = framesOf(clip);
  const { edFrame, esFrame } = standing.beat;
  const tracings = [esFrame, edFrame].flatMap((frame) => {
    const trace = labelledTrace(clip, leftVentricularCavity, frame);
    if (trace === null || !hasLandmarks(trace)) return [];
    const chords = echonetChords(trace, spacing).map(([from, to]): Chord => [
      frames.point(from),
      frames.point(to),
    ]);
    return [{ frame, chords }];
  });
  if (tracings.length < 2) return 'no beat has contours at ED and ES';
  return { ...{ name: clipName(study, clip), study, clip, frames, rate, numbers }, tracings };
}

interface Loop {
  readonly bytes: Uint8Array;
  /** Frames that are black. */
  readonly withoutPicture: readonly number[];
}

/** In words why there is none. */
async function loopOf(
  { study: { snapshot }, clip, frames, rate, name, tracings }: EchonetVideo,
  signal: AbortSignal,
): Promise<Loop | string> {
  let black: FramePixels | null = null;
  for (const { frame } of tracings) {
    const picture = await pictureOf(snapshot, clip, frame);
    if (picture === null) return `frame ${frame} has a contour and no picture`;
    // As many channels as the others have: decoders take them from the first frame.
    const { rows, columns, channels } = frames.picture(picture);
    black = { rows, columns, channels, data: new Uint8Array(rows * columns * channels) };
  }
  const encoded: Uint8Array[] = [];
  const withoutPicture: number[] = [];
  let bytes = 0;
  for (let frame = 0; frame < clip.facts.frames; frame++) {
    signal.throwIfAborted();
    const picture = await pictureOf(snapshot, clip, frame);
    if (picture === null) withoutPicture.push(frame);
    const jpeg = await encodeJpeg(picture === null ? black! : frames.picture(picture));
    bytes += jpeg.length;
    if (bytes > largestVideoBytes) {
      throw new SystolaError('too-large', `${name}.avi would be larger than 2 GiB.`, clip.facts.fileName);
    }
    encoded.push(jpeg);
  }
  const { rows, columns } = frames;
  return { bytes: motionJpegAvi({ rows, columns, frameRate: rate, frames: encoded }), withoutPicture };
}

function fileList(videos: readonly EchonetVideo[], splitOf: (video: EchonetVideo) => string): string[] {
  return [
    'FileName,EF,ESV,EDV,FrameHeight,FrameWidth,FPS,NumberOfFrames,Split',
    ...videos.map((video) => {
      const { numbers, frames, clip, rate, name } = video;
      const values = [numbers.efPercent, numbers.esvMl, numbers.edvMl].map((value) => value ?? '');
      const loop = [frames.rows, frames.columns, rounded(rate), clip.facts.frames];
      return [name, ...values, ...loop, splitOf(video)].join(',');
    }),
  ];
}

function volumeTracings(videos: readonly EchonetVideo[]): string[] {
  return [
    'FileName,X1,Y1,X2,Y2,Frame',
    ...videos.flatMap(({ name, tracings }) =>
      tracings.flatMap(({ frame, chords }) =>
        chords.map((chord) => [`${name}.avi`, ...chord.flat().map(rounded), frame].join(',')),
      ),
    ),
  ];
}

/** A ten-thousandth. */
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

const text = (lines: readonly string[]): Uint8Array => new TextEncoder().encode(`${lines.join('\n')}\n`);
