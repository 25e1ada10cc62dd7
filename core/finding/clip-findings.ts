import { acquisitionFindings } from './acquisition-findings.ts';
import { beatChoiceFindings } from './beat-choice-findings.ts';
import { beatFindings } from './beat-findings.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import { contourFindings } from './contour-findings.ts';
import { correctionFindings } from './correction-findings.ts';
import { ejectionFindings } from './ejection-findings.ts';
import { fileFindings } from './file-findings.ts';
import type { Finding } from './finding.ts';
import { pictureFindings } from './picture-findings.ts';
import { gravestFirst } from './severity.ts';
import { shapeFindings } from './shape-findings.ts';
import { structureConfidenceFindings } from './structure-confidence-findings.ts';
import { structureFindings } from './structure-findings.ts';
import { viewFindings } from './view-findings.ts';

/** Everything that qualifies the numbers of a clip, the gravest first. */
export function clipFindings(evidence: ClipEvidence): Finding[] {
  const findings = [
    ...fileFindings(evidence.facts),
    ...acquisitionFindings(evidence),
    ...viewFindings(evidence.facts, evidence.review),
    ...pictureFindings(evidence),
    ...contourFindings(evidence),
    ...shapeFindings(evidence),
    ...correctionFindings(evidence),
    ...structureFindings(evidence),
    ...structureConfidenceFindings(evidence),
    ...beatFindings(evidence),
    ...beatChoiceFindings(evidence),
    ...ejectionFindings(evidence.measurements, 'single-plane-disks'),
  ];
  return gravestFirst(findings);
}
