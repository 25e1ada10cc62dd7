import { type Mark, sortedMarks } from '../../core/mark/mark.ts';
import { SystolaError } from '../../core/error.ts';
import type { FramePixels } from '../../core/clip/clip.ts';
import type { Point } from '../../core/geometry/point.ts';
import { message, type Message } from '../../core/language/message.ts';
import { caliperLength } from '../../core/review/caliper-length.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { caliperText } from '../../core/wording/mark.ts';
import { drawMissingPicture, pictureOf } from './missing-pictures.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import { type Crop, cropBox, drawPicture, gap, pictureRowHeight, pictureWidth } from './pictures.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import type { ReportFlow } from './report-flow.ts';
import { drawLine, lineWidth, wrapped } from './text-line.ts';
import { clipViewText } from './wording.ts';

/** Frames that are printed; all marks stand in the list. */
const mostPictures = 9;
const perRow = 3;
const lineHeight = 10;
const titleHeight = 13;
const rowHeight = pictureRowHeight.most;
const pictureHeight = rowHeight - 16;

type MarkedClip = Pick<ReportedClip, 'facts' | 'review' | 'measured'>;

interface MarkedFrame {
  readonly clip: MarkedClip;
  readonly frame: number;
  readonly marks: readonly Mark[];
  /** "A4C, clip 3, frame 12". */
  readonly place: Message;
}

/**
 * Distances and notes of the study: the frames that carry them with both drawn in, without contours, which would hide
 * them, and a line for each.
 */
export async function drawMarks(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  flow: ReportFlow,
): Promise<void> {
  const frames = markedFrames(input);
  if (frames.length === 0) return;
  const { words } = input;
  const shown = frames.slice(0, mostPictures);
  flow.y += 8;
  flow.next(titleHeight + rowHeight + lineHeight);
  drawLine(document, words.say('report.marks.title'), page.left, flow.y, { size: 8.5, weight: 'bold' });
  flow.y += titleHeight - 8;
  for (let first = 0; first < shown.length; first += perRow) {
    flow.next(rowHeight + lineHeight);
    for (const [index, one] of shown.slice(first, first + perRow).entries())
      await drawMarkedFrame(document, input, one, page.left + index * (pictureWidth + gap), flow.y);
    flow.y += rowHeight + 4;
  }
  flow.y += 8;
  const style = { size: 8 } as const;
  for (const { clip, marks, place } of frames) {
    for (const mark of marks) {
      const what = mark.kind === 'note' ? `“${mark.text}”` : lengthOf(clip, mark);
      const line = words.say('report.marks.row', { place, what });
      for (const part of wrapped(document, line, contentWidth, 3, style)) {
        flow.next(lineHeight);
        drawLine(document, part, page.left, flow.y, style);
        flow.y += lineHeight;
      }
    }
  }
  const more = frames.length - shown.length;
  if (more === 0) return;
  flow.next(lineHeight);
  const told = words.say('report.marks.more', { count: more });
  drawLine(document, told, page.left, flow.y, { ...style, colour: colour.muted, maxWidth: contentWidth });
  flow.y += lineHeight;
}

function markedFrames({ document, measurements }: ReportInput): MarkedFrame[] {
  return document.clips.flatMap((facts) => {
    const review = document.review.clips[facts.sopInstanceUid];
    const measured = measurements.clips[facts.sopInstanceUid];
    if (review === undefined || measured === undefined) return [];
    const clip = { facts, review, measured };
    const byFrame = Map.groupBy(sortedMarks(review.marks), ([, { frame }]) => frame);
    return [...byFrame].map(([frame, marks]) => ({
      ...{ clip, frame, place: placeOf(clip, frame) },
      marks: marks.map(([, mark]) => mark),
    }));
  });
}

function placeOf({ facts, measured }: MarkedClip, frame: number): Message {
  const { instanceNumber, fileName } = facts;
  const clip =
    instanceNumber === null ? fileName : message('clip.numbered-within', { number: instanceNumber });
  const isNamed = measured.view.code !== 'unknown' && measured.view.code !== 'other';
  return message('report.marks.caption', {
    clip: isNamed ? message('history.view-and-clip', { view: clipViewText(measured.view), clip }) : clip,
    frame: frameNumber(frame),
  });
}

const lengthOf = ({ facts, review }: MarkedClip, mark: Mark & { readonly kind: 'caliper' }): Message =>
  caliperText(caliperLength(facts, review, mark), mark);

async function drawMarkedFrame(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  { clip, frame, marks, place }: MarkedFrame,
  left: number,
  top: number,
): Promise<void> {
  const { words } = input;
  const pixels = await pictureOf(input, clip.facts.sopInstanceUid, frame);
  const caption = { size: 8, leastSize: 6, align: 'centre', maxWidth: pictureWidth } as const;
  drawLine(document, words.say(place), left + pictureWidth / 2, top + pictureHeight + 9, caption);
  if (pixels instanceof SystolaError) {
    drawMissingPicture(document, input, pixels, {
      ...{ left, top, width: pictureWidth, height: pictureHeight },
    });
    return;
  }
  const crop = cropOf(clip, pixels, marks);
  const room = { left, top, width: pictureWidth, height: pictureHeight };
  drawPicture(document, clip, crop, pixels, [], room, (placed) => {
    for (const mark of marks) {
      if (mark.kind === 'caliper') drawCaliper(document, mark, placed);
      // Numbers and words stand inside of the picture, on the side that has room for them.
      const [x, y] = placed(mark.kind === 'caliper' ? rightEnd(mark) : mark.at);
      const isRight = x < left + 0.6 * pictureWidth;
      const beside = isRight ? left + pictureWidth - x - 8 : x - left - 8;
      const text = mark.kind === 'caliper' ? words.say(lengthOf(clip, mark)) : mark.text;
      const baseline = Math.min(top + pictureHeight - 3, Math.max(top + 8, y + 2.5));
      drawLabel(document, text, isRight ? x + 4 : x - 4, baseline, beside, isRight ? 'left' : 'right');
      if (mark.kind === 'note') document.circle(x, y, 1.2).fill(colour.mark);
    }
  });
}

/** The sector where all marks lie within it, else the whole frame. */
function cropOf({ review }: MarkedClip, pixels: FramePixels, marks: readonly Mark[]): Crop {
  const crop = cropBox(review.run?.sector ?? null, pixels);
  const points = marks.flatMap((mark) => (mark.kind === 'note' ? [mark.at] : [mark.from, mark.to]));
  const isInside = ([x, y]: Point): boolean =>
    x >= crop.x && y >= crop.y && x <= crop.x + crop.columns - 1 && y <= crop.y + crop.rows - 1;
  return points.every(isInside) ? crop : cropBox(null, pixels);
}

const rightEnd = ({ from, to }: { readonly from: Point; readonly to: Point }): Point =>
  from[0] > to[0] ? from : to;

/** Words on a picture, legible over whatever it shows. */
function drawLabel(
  document: PDFKit.PDFDocument,
  text: string,
  x: number,
  baseline: number,
  maxWidth: number,
  align: 'left' | 'right',
): void {
  const style = { size: 6.5, leastSize: 5, weight: 'bold', maxWidth, align } as const;
  const width = Math.min(maxWidth, lineWidth(document, text, style));
  document.save().fillOpacity(0.6);
  document.rect(align === 'left' ? x - 1.5 : x - width - 1.5, baseline - 6, width + 3, 8).fill('#000000');
  document.restore();
  drawLine(document, text, x, baseline, { ...style, colour: colour.mark });
}

function drawCaliper(
  document: PDFKit.PDFDocument,
  { from, to }: { readonly from: Point; readonly to: Point },
  placed: (point: Point) => [number, number],
): void {
  const ends = [placed(from), placed(to)] as const;
  document
    .lineWidth(0.7)
    .strokeColor(colour.mark)
    .dash(1.5, { space: 1.5 })
    .moveTo(...ends[0])
    .lineTo(...ends[1])
    .stroke()
    .undash();
  for (const [x, y] of ends) {
    document.lineWidth(0.7).strokeColor(colour.mark);
    document
      .moveTo(x - 2.5, y)
      .lineTo(x + 2.5, y)
      .stroke();
    document
      .moveTo(x, y - 2.5)
      .lineTo(x, y + 2.5)
      .stroke();
  }
}
