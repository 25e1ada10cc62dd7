import { message, type Message } from '../../core/language/message.ts';
import { referenceEdition } from '../../core/reference-limits/limits.ts';
import { certaintyPercent } from '../../core/wording/view.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportFlow } from './report-flow.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { drawLine, lineWidth, wrapped } from './text-line.ts';
import { calibrationText, contourText, momentText, timingText } from './wording.ts';

const lineHeight = 9;
/** Of one value. */
const mostLines = 3;

/** Room for the names of clips and for the labels, as English ones need it and at most. */
const clipWidths = { least: 44, most: 90 } as const;
const labelWidths = { least: 56, most: 110 } as const;
const style = { size: 7, leastSize: 5.5 } as const;
const footStyle = { size: 7.5, leastSize: 6, colour: colour.muted } as const;

/** How the numbers came about: model, contours, calibration and timing of each clip, software and date; nothing of it is cut. */
export function drawProvenance(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clips: readonly ReportedClip[],
  flow: ReportFlow,
): void {
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
  const labels = told.flatMap(({ rows }) => rows.map(({ label }) => label));
  // A name that holds a stage is longer than one of a view.
  const names = told.map(({ name }) => name);
  const labelsAt = room(widest(names, 'bold'), clipWidths);
  const valuesAt = labelsAt + room(widest(labels, 'regular'), labelWidths);
  flow.next(24 + 2 * lineHeight);
  rule(document, flow.y);
  flow.y += 12;
  drawLine(document, words.say('report.made.title'), page.left, flow.y, {
    ...{ size: 8.5, leastSize: 6, weight: 'bold', maxWidth: contentWidth },
  });
  flow.y += 11;
  if (clips.length === 0) {
    drawLine(document, words.say('report.made.no-contour'), page.left, flow.y, {
      ...{ ...style, maxWidth: contentWidth },
    });
    flow.y += lineHeight;
  }
  for (const { name, rows } of told) {
    const broken = rows.map(({ label, value }) => ({
      label,
      lines: wrapped(document, value, contentWidth - valuesAt, mostLines, style),
    }));
    // A clip's lines stay together: the next page would not say whose they are.
    flow.next(broken.reduce((sum, { lines }) => sum + lines.length, 0) * lineHeight);
    drawLine(document, name, page.left, flow.y, { ...style, weight: 'bold', maxWidth: labelsAt - 4 });
    for (const { label, lines } of broken) {
      const place = { maxWidth: valuesAt - labelsAt - 3, colour: colour.muted };
      drawLine(document, label, page.left + labelsAt, flow.y, { ...style, ...place });
      for (const line of lines) {
        drawLine(document, line, page.left + valuesAt, flow.y, style);
        flow.y += lineHeight;
      }
    }
    flow.y += 3;
  }
  drawEdition(document, input, flow);
}

/** Software, date, study and revision, by which a report is found again. */
function drawEdition(document: PDFKit.PDFDocument, input: ReportInput, flow: ReportFlow): void {
  const { words } = input;
  const { name: edition, citation } = referenceEdition;
  const said = [
    words.say('report.made.software', {
      version: input.softwareVersion,
      moment: momentText(input.createdAt, words),
    }),
    words.say('report.made.study', {
      study: input.document.facts.studyInstanceUid,
      revision: input.document.head,
    }),
    words.say('report.reference', { edition, citation }),
  ];
  for (const text of said) {
    for (const line of wrapped(document, text, contentWidth, mostLines, footStyle)) {
      flow.next(lineHeight);
      drawLine(document, line, page.left, flow.y, footStyle);
      flow.y += lineHeight;
    }
  }
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
