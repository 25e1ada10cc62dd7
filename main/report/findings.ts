import type { Finding, FindingSeverity } from '../../core/finding/finding.ts';
import { colour, contentWidth, page } from './page-layout.ts';
import type { ReportInput } from './report-input.ts';
import { drawLine, wrapped } from './text-line.ts';
import { viewLabels } from './wording.ts';

const lineHeight = 9.6;
const severityOrder: readonly FindingSeverity[] = ['refusal', 'warning', 'information'];
const severityLabels: Readonly<Record<FindingSeverity, string>> = {
  refusal: 'Not given',
  warning: 'Warning',
  information: 'Note',
};
const severityColours: Readonly<Record<FindingSeverity, string>> = {
  refusal: colour.refusal,
  warning: colour.warning,
  information: colour.muted,
};

interface Listed {
  readonly finding: Finding;
  /** What it is about: a view, or the study. */
  readonly about: string;
}

/** The findings of the study and of every clip, gravest first; what does not fit above `bottom` is counted. */
export function drawFindings(
  document: PDFKit.PDFDocument,
  input: ReportInput,
  top: number,
  bottom: number,
): number {
  const listed = allFindings(input);
  drawLine(document, `Findings (${listed.length})`, page.left, top + 8, { size: 8.5, weight: 'bold' });
  let baseline = top + 19;
  if (listed.length === 0) {
    drawLine(document, 'None.', page.left, baseline, { size: 8 });
    return baseline + 4;
  }
  for (const [index, { finding, about }] of listed.entries()) {
    const left = page.left + 92;
    const lines = wrapped(document, finding.message, contentWidth - 92, 2, { size: 8 });
    const remaining = listed.length - index;
    // Unless this is the last finding, one line stays free for the count of the others.
    const needed = lines.length + (remaining > 1 ? 1 : 0);
    if (baseline + (needed - 1) * lineHeight > bottom) {
      drawLine(
        document,
        `+ ${remaining} more ${remaining === 1 ? 'finding' : 'findings'}`,
        page.left,
        baseline,
        {
          size: 8,
          weight: 'bold',
          colour: colour.warning,
        },
      );
      return baseline + 4;
    }
    drawLine(document, severityLabels[finding.severity], page.left, baseline, {
      size: 8,
      weight: 'bold',
      colour: severityColours[finding.severity],
    });
    drawLine(document, about, page.left + 44, baseline, { size: 8, colour: colour.muted, maxWidth: 46 });
    for (const line of lines) {
      drawLine(document, line, left, baseline, { size: 8 });
      baseline += lineHeight;
    }
  }
  return baseline - lineHeight + 4;
}

function allFindings({ document, measurements }: ReportInput): Listed[] {
  const ofStudy = measurements.findings.map((finding) => ({ finding, about: 'study' }));
  const ofClips = document.clips.flatMap((facts) => {
    const code = measurements.clips[facts.sopInstanceUid]?.view.code ?? 'unknown';
    const number = facts.instanceNumber === null ? '' : ` #${facts.instanceNumber}`;
    const found = measurements.clips[facts.sopInstanceUid]?.findings ?? [];
    return found.map((finding) => ({ finding, about: `${viewLabels[code]}${number}` }));
  });
  return [...ofStudy, ...ofClips].sort(
    (a, b) => severityOrder.indexOf(a.finding.severity) - severityOrder.indexOf(b.finding.severity),
  );
}
