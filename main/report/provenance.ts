import { message, type Message } from '../../core/language/message.ts';
import { certaintyPercent } from '../../core/wording/view.ts';
import { drawNotice } from './notice.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { drawLine, lineWidth, wrapped } from './text-line.ts';
import { calibrationText, contourText, momentText, timingText } from './wording.ts';

const lineHeight = 9;
const notesHeight = 22;
const leastLines = 5;
/** Of one value. */
const mostLines = 3;

/** Room for the names of clips and for the labels, as English ones need it and at most. */
const clipWidths = { least: 44, most: 90 } as const;
const labelWidths = { least: 56, most: 110 } as const;
const style = { size: 7, leastSize: 5.5 } as const;
const footStyle = { size: 7.5, leastSize: 6, colour: colour.muted } as const;

/** What is said of the clips, broken into lines. */
interface Provenance {
  /** Height in points, the footer included. */
  readonly height: number;
  /** Where labels and values begin, from the left of the page's column. */
  readonly labelsAt: number;
  readonly valuesAt: number;
  readonly clips: readonly {
    readonly name: string;
    readonly rows: readonly { readonly label: string; readonly lines: readonly string[] }[];
  }[];
}

/** How the numbers came about, before it is drawn: what of it is marked as guessed is never cut. */
export function provenanceOf(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clips: readonly ReportedClip[],
): Provenance {
  const { words } = input;
  const told = clips.map((clip) => ({
    name: clip.label,
    rows: linesOf(clip, input).map(([label, value]) => ({
      label: words.say(label),
      value: typeof value === 'string' ? value : words.say(value),
    })),
  }));
  const widest = (texts: readonly string[], weight: 'regular' | 'bold') =>
    Math.max(0, ...texts.map((text) => lineWidth(document, text, { ...style, weight })));
  const room = (width: number, { least, most }: typeof clipWidths | typeof labelWidths) =>
    Math.min(most, Math.max(least, width + 6));
  const names = told.map(({ name }) => name);
  const labels = told.flatMap(({ rows }) => rows.map(({ label }) => label));
  // A name that holds a stage is longer than one of a view.
  const labelsAt = room(widest(names, 'bold'), clipWidths);
  const valuesAt = labelsAt + room(widest(labels, 'regular'), labelWidths);
  const broken = told.map(({ name, rows }) => ({
    name,
    rows: rows.map(({ label, value }) => ({
      label,
      lines: wrapped(document, value, contentWidth - valuesAt, mostLines, style),
    })),
  }));
  const lines = broken.flatMap(({ rows }) => rows.flatMap((row) => row.lines)).length;
  return {
    height: 22 + Math.max(leastLines, lines) * lineHeight + notesHeight,
    ...{ labelsAt, valuesAt, clips: broken },
  };
}

/** How the numbers came about: model, contours, calibration and timing of each clip, software and date. */
export function drawProvenance(document: PDFKit.PDFDocument, input: ReportInput, made: Provenance): void {
  const { labelsAt, valuesAt, clips } = made;
  const foot = page.height - 30;
  let baseline = foot - made.height + 10;
  rule(document, baseline - 10);
  const { words } = input;
  drawLine(document, words.say('report.made.title'), page.left, baseline, {
    ...{ size: 8, leastSize: 6, weight: 'bold', maxWidth: contentWidth },
  });
  baseline += 10;
  if (clips.length === 0) {
    drawLine(document, words.say('report.made.no-contour'), page.left, baseline, {
      ...{ ...style, maxWidth: contentWidth },
    });
  }
  for (const { name, rows } of clips) {
    drawLine(document, name, page.left, baseline, { ...style, weight: 'bold', maxWidth: labelsAt - 4 });
    for (const { label, lines } of rows) {
      const place = { maxWidth: valuesAt - labelsAt - 3, colour: colour.muted };
      drawLine(document, label, page.left + labelsAt, baseline, { ...style, ...place });
      for (const line of lines) {
        drawLine(document, line, page.left + valuesAt, baseline, style);
        baseline += lineHeight;
      }
    }
  }
  rule(document, foot - 18);
  const software = words.say('report.made.software', {
    version: input.softwareVersion,
    moment: momentText(input.createdAt, words),
  });
  const studied = words.say('report.made.study', {
    study: input.document.facts.studyInstanceUid,
    revision: input.document.head,
  });
  const left = drawLine(document, software, page.left, foot - 9, {
    ...footStyle,
    maxWidth: contentWidth * 0.45,
  });
  drawLine(document, studied, page.right, foot - 9, {
    ...footStyle,
    align: 'right',
    maxWidth: Math.min(contentWidth * 0.6, contentWidth - left - 10),
  });
  drawNotice(document, input, page.width / 2, foot + 4, {
    size: 9,
    align: 'centre',
    maxWidth: contentWidth - 180,
  });
}

function linesOf(
  { facts, review, measured }: ReportedClip,
  { files, words }: ReportInput,
): [label: Message, value: string | Message][] {
  const { run } = review;
  const model =
    run === null
      ? message('report.made.model.none')
      : message('report.made.model.run', {
          model: run.model,
          version: run.version,
          provider: run.provider,
          done: run.framesDone,
          frames: facts.frames,
          complete: run.complete ? 'other' : 'no',
        });
  const { source, certainty } = measured.view;
  const contours = message('report.made.contours.with-view', {
    contours: contourText(review),
    source: source === 'none' ? 'other' : source,
    percent: certaintyPercent(certainty),
    file: facts.fileName,
  });
  const scale = message('report.made.calibration.with-times', {
    calibration: calibrationText(measured.calibration, words),
    timing: timingText(facts.timing),
  });
  const fileHash = files.get(facts.sopInstanceUid)?.sha256;
  return [
    [message('report.made.model'), model],
    [message('report.made.model-hash'), run === null ? '–' : run.sha256],
    [message('report.made.contours'), contours],
    [message('report.made.file-hash'), fileHash ?? message('report.made.file-hash.unknown')],
    [message('report.made.calibration'), scale],
  ];
}
