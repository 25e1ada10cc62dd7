import type { Beat } from '../../core/beat/beat.ts';
import type { FramePixels, Sector } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import type { Point } from '../../core/geometry/point.ts';
import type { Language } from '../../core/language/language.ts';
import { message, type Message } from '../../core/language/message.ts';
import { tracePolyline } from '../../core/trace/spline.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { isUnsure } from '../../core/trace/trust.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { quantityLabel } from '../../core/wording/quantity.ts';
import { structureText } from '../../core/wording/structure.ts';
import { encodePng } from '../dicom/png.ts';
import { drawMissingPicture, pictureOf } from './missing-pictures.ts';
import { colour, page } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';
import { quantityText } from './wording.ts';
import { cavityTraces, traceAt, tracedStructures } from '../../core/review/traces.ts';
import {
  leftAtrium,
  leftVentricularCavity,
  leftVentricularWall,
  structureOf,
  type StructureId,
} from '../../core/structure/structure.ts';

export const pictureWidth = 164;
const pictureHeight = 130;
export const gap = 6;
const legendWidth = 52;
const captionStyle = { size: 8, leastSize: 6, align: 'centre', maxWidth: pictureWidth } as const;

/** Height in points of what stands under a picture. */
const captionHeight = 27;
/** Of one clip's pictures with their captions, at their full size and at least. */
export const pictureRowHeight = { most: pictureHeight + captionHeight, least: 92 + captionHeight } as const;
/** Where the space right of the pictures begins. */
export const besidePictures = page.left + 2 * (pictureWidth + gap);

/** ED and ES of one beat of a clip, with their contours as vectors over the untouched pixels. */
export async function drawPictures(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clip: ReportedClip,
  top: number,
  rowHeight: number,
): Promise<void> {
  const { words } = input;
  const room: Room = { width: pictureWidth, height: rowHeight - captionHeight };
  for (const [index, { frame, caption, numbers }] of pictured(clip, words).entries()) {
    const left = page.left + index * (pictureWidth + gap);
    const pixels = await pictureOf(input, clip.facts.sopInstanceUid, frame);
    if (pixels instanceof SystolaError) {
      drawMissingPicture(document, input, pixels, { left, top, ...room });
      const lost = words.say('report.picture.no-picture', { picture: caption });
      drawLine(document, lost, left + pictureWidth / 2, top + room.height + 9, {
        ...captionStyle,
        colour: colour.refusal,
      });
      continue;
    }
    const crop = cropBox(clip.review.run?.sector ?? null, pixels);
    const trace = cavityTraces(clip.review)[frame] ?? null;
    const contours = contoursOn(clip, frame);
    drawPicture(document, clip, crop, pixels, contours, { left, top, ...room });
    if (index === 0) drawLegend(document, words, contours, left, top);
    const shown = trace === null ? message('report.picture.no-contour', { picture: caption }) : caption;
    drawLine(document, words.say(shown), left + pictureWidth / 2, top + room.height + 9, captionStyle);
    if (trace !== null && numbers !== '') {
      const style = { ...captionStyle, weight: 'bold' } as const;
      drawLine(document, numbers, left + pictureWidth / 2, top + room.height + 19, style);
    }
  }
}

/** Contours of a frame, each in the tint of its structure. */
const contoursOn = ({ review }: Pick<ReportedClip, 'review'>, frame: number): DrawnContour[] =>
  tracedStructures(review, frame).flatMap((structure) => {
    const trace = traceAt(review, structure, frame);
    return trace === null ? [] : [{ structure, trace, tint: tints[structure] ?? colour.ofOthers }];
  });

/** The frames worth printing: those of the first beat with both contours, else the first frame that has a contour. */
function pictured(
  { label, facts, review, measured }: ReportedClip,
  words: Language,
): { frame: number; caption: Message; numbers: string }[] {
  const traces = cavityTraces(review);
  const contoured = ({ edFrame, esFrame }: Beat) =>
    traces[edFrame] !== undefined && traces[esFrame] !== undefined;
  const beat = measured.beats.find(contoured) ?? measured.beats[0];
  if (beat !== undefined) {
    const number = measured.beats.indexOf(beat) + 1;
    const beats = measured.beats.length;
    return (['ed', 'es'] as const).map((phase) => {
      const frame = phase === 'ed' ? beat.edFrame : beat.esFrame;
      const said = { clip: label, phase: message(`phase.${phase}`), frame: frameNumber(frame) };
      const caption =
        beats > 1
          ? message('report.picture.of-beat', { ...said, beat: number, beats })
          : message('report.picture', said);
      return { frame, caption, numbers: numbersOf(measured, number - 1, phase, words) };
    });
  }
  const first = Object.keys(traces)
    .map(Number)
    .filter((frame) => frame < facts.frames)
    .sort((a, b) => a - b)[0];
  if (first === undefined) return [];
  const caption = message('report.picture.no-beat', { clip: label, frame: frameNumber(first) });
  return [{ frame: first, caption, numbers: '' }];
}

/** Volume and area of the contour under it: those of this beat, in this plane. */
function numbersOf(
  { measurements }: ReportedClip['measured'],
  beat: number,
  phase: 'ed' | 'es',
  words: Language,
): string {
  const [volume, area] = phase === 'ed' ? (['EDV', 'LV area ED'] as const) : (['ESV', 'LV area ES'] as const);
  return [volume, area]
    .flatMap((name) => {
      const found = measurements.find(
        (one) => one.name === name && one.beat === beat && !one.method.endsWith('area-length'),
      );
      const text = found && quantityText(found);
      return text ? [words.say('report.picture.number', { name: quantityLabel(name), value: text })] : [];
    })
    .join(' · ');
}

interface Room {
  readonly width: number;
  readonly height: number;
}

export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/** The sector with a small margin, or the whole frame where no sector is known. */
export function cropBox(sector: Sector | null, { rows, columns }: FramePixels): Crop {
  const box = sector?.box ?? { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };
  const x = Math.max(0, Math.floor(box.minX) - 1);
  const y = Math.max(0, Math.floor(box.minY) - 1);
  const right = Math.min(columns, Math.ceil(box.maxX) + 2);
  const bottom = Math.min(rows, Math.ceil(box.maxY) + 2);
  if (right - x < 2 || bottom - y < 2) return { x: 0, y: 0, columns, rows };
  return { x, y, columns: right - x, rows: bottom - y };
}

export function drawPicture(
  document: PDFKit.PDFDocument,
  clip: Pick<ReportedClip, 'measured'>,
  crop: Crop,
  pixels: FramePixels,
  contours: readonly DrawnContour[],
  { left, top, width, height }: Room & { readonly left: number; readonly top: number },
  over?: (placed: (point: Point) => [number, number]) => void,
): void {
  // Pixels need not be square: the picture has the proportions of the body.
  const { mmPerPixelX, mmPerPixelY } = clip.measured.spacing;
  const aspect = mmPerPixelY / mmPerPixelX;
  const scaleX = Math.min(width / crop.columns, height / (crop.rows * aspect));
  const scaleY = scaleX * aspect;
  const drawnWidth = crop.columns * scaleX;
  const drawnHeight = crop.rows * scaleY;
  const x = left + (width - drawnWidth) / 2;
  const y = top + (height - drawnHeight) / 2;
  document.save();
  document.rect(left, top, width, height).clip();
  document.rect(left, top, width, height).fill('#000000');
  const png = Buffer.from(encodePng(cropped(pixels, crop)));
  document.image(png, x, y, { width: drawnWidth, height: drawnHeight });
  // A pixel's centre is half a pixel inside its square on paper.
  const placed = ([px, py]: readonly [number, number]): [number, number] => [
    x + (px - crop.x + 0.5) * scaleX,
    y + (py - crop.y + 0.5) * scaleY,
  ];
  for (const contour of contours) drawTrace(document, contour, placed);
  over?.(placed);
  document.restore();
}

interface DrawnContour {
  readonly structure: StructureId;
  readonly trace: Trace;
  readonly tint: string;
}

/** What each structure is drawn in on paper; others, which a library brings along, in one more. */
const tints: Readonly<Record<StructureId, string>> = {
  [leftVentricularCavity]: colour.contour,
  [leftVentricularWall]: colour.wall,
  [leftAtrium]: colour.atrium,
};

/** Which tint is what, where there are several, above the narrow end of the sector. */
function drawLegend(
  document: PDFKit.PDFDocument,
  words: Language,
  contours: readonly DrawnContour[],
  left: number,
  top: number,
): void {
  if (contours.length < 2) return;
  const style = { size: 6, leastSize: 5, maxWidth: legendWidth } as const;
  contours.forEach(({ structure, tint }, index) =>
    drawLine(
      document,
      words.say(structureText(structureOf(structure) ?? { id: structure, words: null })),
      left + 3,
      top + 8 + 7 * index,
      { ...style, colour: tint },
    ),
  );
}

function drawTrace(
  document: PDFKit.PDFDocument,
  { trace, tint }: DrawnContour,
  placed: (point: readonly [number, number]) => [number, number],
): void {
  const line = tracePolyline(trace).map(placed);
  const [first] = line;
  const last = line.at(-1);
  if (first === undefined || last === undefined) return;
  document
    .lineWidth(0.9)
    .strokeColor(tint)
    .moveTo(...first);
  for (const point of line.slice(1)) document.lineTo(...point);
  // Dashed as on screen, so that what the model is unsure of does not look like a finding.
  if (isUnsure(trace)) document.dash(3.2, { space: 2.2 }).stroke().undash();
  else document.stroke();
  if (trace.apexIndex === null) return;
  document
    .lineWidth(0.6)
    .dash(2, { space: 1.5 })
    .moveTo(...first)
    .lineTo(...last)
    .stroke()
    .undash();
  const apex = trace.points[trace.apexIndex];
  for (const mark of [first, last, ...(apex === undefined ? [] : [placed(apex)])]) {
    document.circle(mark[0], mark[1], 1.1).fill(colour.hinge);
  }
}

/** The part of a frame inside `crop`, as one grey channel where it holds no colour. */
function cropped(pixels: FramePixels, crop: Crop): FramePixels {
  const { channels, data, columns } = pixels;
  const colourful = channels === 3 && hasColour(pixels, crop);
  const kept = colourful ? 3 : 1;
  const part = new Uint8Array(crop.rows * crop.columns * kept);
  let to = 0;
  for (let row = crop.y; row < crop.y + crop.rows; row += 1) {
    for (let column = crop.x; column < crop.x + crop.columns; column += 1) {
      const from = (row * columns + column) * channels;
      for (let channel = 0; channel < kept; channel += 1) part[to++] = data[from + channel]!;
    }
  }
  return { rows: crop.rows, columns: crop.columns, channels: kept, data: part };
}

function hasColour({ data, columns }: FramePixels, crop: Crop): boolean {
  for (let row = crop.y; row < crop.y + crop.rows; row += 1) {
    for (let column = crop.x; column < crop.x + crop.columns; column += 1) {
      const at = (row * columns + column) * 3;
      if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return true;
    }
  }
  return false;
}
