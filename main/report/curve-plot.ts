import { beatSpan } from '../../core/beat/beat.ts';
import type { Language } from '../../core/language/language.ts';
import { message } from '../../core/language/message.ts';
import { colour } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { drawLine, lineWidth } from './text-line.ts';
import { cavityTraces } from '../../core/review/traces.ts';
import { isByReader } from '../../core/trace/trace.ts';

const plotHeight = 86;
/** Between the names of two marks. */
const labelGap = 2;
const hatchStep = 5;

interface Axes {
  x(timeMs: number): number;
  y(value: number): number;
}

/** Volume (or area) over time of a clip, with ED and ES of its beats; nothing where no frame has a contour. */
export function drawCurve(
  document: PDFKit.PDFDocument,
  { words }: ReportInput,
  clip: ReportedClip,
  left: number,
  top: number,
  width: number,
): void {
  const { facts, measured } = clip;
  if (measured.curve.every((value) => value === null)) return;
  const what = measured.curveUnit === 'mL' ? 'report.curve.volume' : 'report.curve.area';
  const titleStyle = { size: 8, leastSize: 6, weight: 'bold', maxWidth: width } as const;
  drawLine(document, words.say(what, { clip: clip.label }), left, top + 8, titleStyle);

  const curve = drawnCurve(clip);
  const values = curve.filter((value) => value !== null);
  const step = niceStep(Math.max(...values, 1e-6) / 3);
  const highest = Math.max(step, Math.ceil(Math.max(...values) / step) * step);
  const frame = { left: left + 20, right: left + width, top: top + 22, bottom: top + 14 + plotHeight };
  const durationMs = Math.max(1, facts.timing.frameTimesMs.at(-1) ?? 1);
  const axes: Axes = {
    x: (timeMs) => frame.left + (timeMs / durationMs) * (frame.right - frame.left),
    y: (value) => frame.bottom - (value / highest) * (frame.bottom - frame.top),
  };

  document.save().lineWidth(0.4).strokeColor(colour.rule);
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  for (let value = 0; value <= highest + 1e-9; value += step) {
    document.moveTo(frame.left, axes.y(value)).lineTo(frame.right, axes.y(value)).stroke();
    drawLine(document, words.decimals(value, digits), frame.left - 4, axes.y(value) + 2.4, {
      size: 6.5,
      align: 'right',
      colour: colour.muted,
    });
  }
  document.restore();
  const timeStep = niceStep(durationMs / 5);
  for (let time = 0; time <= durationMs + 1e-9; time += timeStep) {
    const label = words.decimals(time / 1000, timeStep < 100 ? 2 : 1);
    drawLine(document, label, axes.x(time), frame.bottom + 8, {
      size: 6.5,
      align: 'centre',
      colour: colour.muted,
    });
  }
  const axisTitle = facts.timing.guessed ? 'report.curve.time-guessed' : 'report.curve.time';
  drawLine(document, words.say(axisTitle), (frame.left + frame.right) / 2, frame.bottom + 17, {
    size: 6.5,
    leastSize: 5.5,
    maxWidth: frame.right - frame.left,
    align: 'centre',
    colour: facts.timing.guessed ? colour.warning : colour.muted,
  });
  drawExcluded(document, clip, words, axes, frame);
  drawValues(document, clip, curve, axes);
  drawBeats(document, clip, words, curve, axes, frame.top);
}

/** Volumes; without calibration areas as shares of the largest, since pixels are no unit of a heart. */
function drawnCurve({ measured: { curve, curveUnit } }: ReportedClip): readonly (number | null)[] {
  if (curveUnit === 'mL') return curve;
  const largest = Math.max(...curve.map((value) => value ?? 0));
  return largest > 0 ? curve.map((value) => (value === null ? null : (100 * value) / largest)) : curve;
}

/** The curve breaks where a frame has no contour; edited and hand-drawn frames carry a dot. */
function drawValues(
  document: PDFKit.PDFDocument,
  { facts, review }: ReportedClip,
  curve: readonly (number | null)[],
  axes: Axes,
): void {
  document.save().lineWidth(1).strokeColor('#1f4e8c');
  let open = false;
  curve.forEach((value, frame) => {
    if (value === null) {
      open = false;
      return;
    }
    const x = axes.x(facts.timing.frameTimesMs[frame] ?? 0);
    const y = axes.y(value);
    if (open) document.lineTo(x, y);
    else document.moveTo(x, y);
    // A frame between two gaps would otherwise leave no mark.
    if (!open && (curve[frame + 1] ?? null) === null) document.lineTo(x + 0.8, y);
    open = true;
  });
  document.stroke();
  const traces = cavityTraces(review);
  curve.forEach((value, frame) => {
    const trace = traces[frame];
    if (value === null || trace === undefined || !isByReader(trace)) return;
    document.circle(axes.x(facts.timing.frameTimesMs[frame] ?? 0), axes.y(value), 1.3).fill('#1f4e8c');
  });
  document.restore();
}

/** Beats that a reader excluded are hatched, as in the window. */
function drawExcluded(
  document: PDFKit.PDFDocument,
  { facts, measured }: ReportedClip,
  words: Language,
  axes: Axes,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): void {
  const { frameTimesMs } = facts.timing;
  for (const { beat, exclusionMark } of measured.beatTable) {
    if (exclusionMark === null) continue;
    const [first, last] = beatSpan(beat).map((frame) => axes.x(frameTimesMs[frame] ?? 0)) as [number, number];
    document
      .save()
      .rect(first, top, Math.max(1, last - first), bottom - top)
      .clip();
    document.lineWidth(0.5).strokeColor(colour.hatch);
    for (let x = first - (bottom - top); x < last; x += hatchStep) {
      document.moveTo(x, bottom).lineTo(x + bottom - top, top);
    }
    document.stroke().restore();
    const style = { size: 6, leastSize: 5, colour: colour.muted, maxWidth: last - first - 2 } as const;
    if (last - first > 24)
      drawLine(document, words.say('report.curve.excluded'), first + 2, bottom - 2.5, style);
  }
}

function drawBeats(
  document: PDFKit.PDFDocument,
  { facts, measured }: ReportedClip,
  words: Language,
  curve: readonly (number | null)[],
  axes: Axes,
  top: number,
): void {
  const [ed, es] = (['phase.ed', 'phase.es'] as const).map((id) => words.say(message(id))) as [
    string,
    string,
  ];
  const marks = measured.beats.flatMap((beat) => [
    { frame: beat.edFrame, label: ed },
    { frame: beat.esFrame, label: es },
  ]);
  const nameStyle = { size: 6.5, weight: 'bold', align: 'centre', colour: colour.refusal } as const;
  document.save();
  let free = -Infinity;
  const width = axes.x(facts.timing.frameTimesMs.at(-1) ?? 0) - axes.x(0);
  // Lines so close that they would hide the curve become ticks above it.
  const crowded = marks.length > width / 5;
  for (const { frame, label } of marks.toSorted((a, b) => a.frame - b.frame)) {
    const value = curve[frame] ?? null;
    const x = axes.x(facts.timing.frameTimesMs[frame] ?? 0);
    const y = value === null ? top : axes.y(value);
    const foot = crowded ? top + 5 : y;
    document.lineWidth(crowded ? 0.3 : 0.6).strokeColor(colour.refusal);
    document.moveTo(x, top).lineTo(x, foot).stroke();
    if (!crowded) document.circle(x, y, 1.8).fill(colour.refusal);
    // Of many beats not every name finds room; every mark does.
    const half = lineWidth(document, label, nameStyle) / 2;
    // The numbers of the axis are left of it.
    const middle = Math.max(x, axes.x(0) - labelGap + half);
    if (middle - half < free) continue;
    free = middle + half + labelGap;
    drawLine(document, label, middle, top - 2, nameStyle);
  }
  document.restore();
}

/** 1, 2 or 5 times a power of ten, at least `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999) ?? 10 * power;
}
