import { researchUseNotice } from '../../core/notice.ts';
import { colour, contentWidth, page, rule } from './page-layout.ts';
import type { ReportedClip, ReportInput } from './report-input.ts';
import { drawLine } from './text-line.ts';
import { calibrationLabel, contourLabel, formatInstant, timingLabel } from './wording.ts';

const lineHeight = 9;
const notesHeight = 22;

/** Height in points that {@link drawProvenance} takes up, the footer included. */
export function provenanceHeight(clips: readonly ReportedClip[]): number {
  return 22 + Math.max(1, clips.length) * 5 * lineHeight + notesHeight;
}

/** Characters that fit beside what is said of a clip. */
const shortLabel = 9;

/** How the numbers came about: model, contours, calibration and timing of each clip, software and date. */
export function drawProvenance(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  clips: readonly ReportedClip[],
): void {
  const foot = page.height - 30;
  let baseline = foot - provenanceHeight(clips) + 10;
  rule(document, baseline - 10);
  drawLine(document, 'How these numbers were made', page.left, baseline, { size: 8, weight: 'bold' });
  baseline += 10;
  if (clips.length === 0) drawLine(document, 'No clip has a contour.', page.left, baseline, { size: 7 });
  // A label that names a stage is longer than one of a view.
  const indent = clips.some(({ label }) => label.length > shortLabel) ? 90 : 44;
  const values = indent + 56;
  for (const clip of clips) {
    drawLine(document, clip.label, page.left, baseline, { size: 7, weight: 'bold', maxWidth: indent - 4 });
    for (const [label, value] of linesOf(clip, input)) {
      drawLine(document, label, page.left + indent, baseline, { size: 7, colour: colour.muted });
      drawLine(document, value, page.left + values, baseline, { size: 7, maxWidth: contentWidth - values });
      baseline += lineHeight;
    }
  }
  rule(document, foot - 18);
  const software = `Systola ${input.softwareVersion}, report made ${formatInstant(input.createdAt)}`;
  drawLine(document, software, page.left, foot - 9, { size: 7.5, colour: colour.muted });
  const revision = `Study ${input.document.facts.studyInstanceUid}, revision ${input.document.head}`;
  drawLine(document, revision, page.right, foot - 9, {
    size: 7.5,
    colour: colour.muted,
    align: 'right',
    maxWidth: contentWidth * 0.6,
  });
  drawLine(document, researchUseNotice, page.width / 2, foot + 4, {
    size: 9,
    weight: 'bold',
    align: 'centre',
    colour: colour.refusal,
  });
}

function linesOf(
  { facts, review, measured }: ReportedClip,
  { files }: ReportInput,
): [label: string, value: string][] {
  const { run } = review;
  const model =
    run === null
      ? 'none was run'
      : `${run.model} ${run.version} on ${run.provider}, ${run.framesDone} of ${facts.frames} frames` +
        (run.complete ? '' : ' (INCOMPLETE)');
  const source = {
    file: 'from the file',
    user: 'set by the user',
    assumed: 'assumed for every clip whose file does not say',
    none: 'not known',
  }[measured.view.source];
  return [
    ['Model', model],
    ['Model SHA-256', run === null ? '–' : run.sha256],
    ['Contours, view', `${contourLabel(review)}; view ${source}; file ${facts.fileName}`],
    ['File SHA-256', files.get(facts.sopInstanceUid)?.sha256 ?? 'not known'],
    ['Calibration', `${calibrationLabel(measured.calibration)}; frame times: ${timingLabel(facts.timing)}`],
  ];
}
