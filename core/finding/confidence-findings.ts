import { isCalibrated, isUnsure } from '../trace/trust.ts';
import type { ClipEvidence } from './clip-findings.ts';
import type { Finding } from './finding.ts';
import { frameList, frameReferences } from './frame-list.ts';

/** Share of unsure contours from which a clip as a whole is not to be relied on. */
const mostUnsureShare = 0.5;

/**
 * Flags contours that the model is too unsure of. At ED or ES they qualify the numbers; elsewhere they are for the
 * record, unless they are most of the clip.
 */
export function confidenceFindings({ facts, curve, measured }: ClipEvidence): Finding[] {
  const traced = curve.frames.filter((frame) => frame !== null);
  const unsure = traced.filter(({ trace }) => isUnsure(trace));
  if (unsure.length === 0) return [];
  const phases = new Set(measured.flatMap(({ beat }) => [beat.edFrame, beat.esFrame]));
  const measuredFrames = unsure.flatMap(({ frame }) => (phases.has(frame) ? [frame] : []));
  const calibrated = unsure.every(({ trace }) => isCalibrated(trace));
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], frames: readonly number[], message: string): void => {
    const sources = frameReferences(facts.sopInstanceUid, frames);
    findings.push({ code: 'low-confidence', severity, message, sources });
  };
  if (measuredFrames.length > 0) {
    const why = calibrated
      ? 'is unsure of the contour at ED or ES, on which volumes and EF rest'
      : 'draws no sharp border at ED or ES, on which volumes and EF rest';
    const measure = calibrated ? '' : ' The model has no calibrated confidence: the limit is a choice.';
    add(
      'warning',
      measuredFrames,
      `The model ${why} (${frameList(measuredFrames)}). Check these contours.${measure}`,
    );
  }
  // Sharpness away from ED and ES says too little to be worth a line.
  const others = unsure.flatMap(({ frame }) => (phases.has(frame) || !calibrated ? [] : [frame]));
  if (others.length === 0) return findings;
  if (unsure.length >= mostUnsureShare * traced.length) {
    const share = `${unsure.length} of ${traced.length}`;
    add(
      'warning',
      others,
      `The model is unsure of most contours of this clip (${share}): ED and ES may be chosen wrongly. Check the view and the picture, or use another clip.`,
    );
  } else {
    add('information', others, `The model is unsure of the contour in ${frameList(others)}, drawn dashed.`);
  }
  return findings;
}
