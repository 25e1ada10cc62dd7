import { message, type Message } from '../language/message.ts';
import { isCalibrated, isUnsure } from '../trace/trust.ts';
import type { ClipEvidence } from './clip-evidence.ts';
import type { Finding } from './finding.ts';
import { frameRanges } from '../wording/frame-number.ts';
import { frameReferences } from './frame-references.ts';

/** Share of unsure contours from which a clip as a whole is not to be relied on. */
const mostUnsureShare = 0.5;

/**
 * Flags contours that the model is too unsure of. At ED or ES they qualify the numbers; elsewhere they are for the
 * record, unless they are most of the clip.
 */
export function confidenceFindings({ facts, curve, included }: ClipEvidence): Finding[] {
  const traced = curve.frames.filter((frame) => frame !== null);
  const unsure = traced.filter(({ trace }) => isUnsure(trace));
  if (unsure.length === 0) return [];
  const phases = new Set(included.flatMap(({ beat }) => [beat.edFrame, beat.esFrame]));
  const atPhases = unsure.filter(({ frame }) => phases.has(frame));
  // Sharpness away from ED and ES says too little to be worth a line.
  const calibrated = unsure.filter(({ trace }) => isCalibrated(trace));
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], frames: readonly number[], message: Message): void => {
    const sources = frameReferences(facts.sopInstanceUid, frames);
    findings.push({ code: 'low-confidence', severity, message, sources });
  };
  if (atPhases.length > 0) {
    const allCalibrated = atPhases.every(({ trace }) => isCalibrated(trace));
    const frames = atPhases.map(({ frame }) => frame);
    const id = allCalibrated
      ? 'finding.low-confidence.at-phase'
      : 'finding.low-confidence.at-phase.uncalibrated';
    add('warning', frames, message(id, { frames: frameRanges(frames) }));
  }
  const others = calibrated.flatMap(({ frame }) => (phases.has(frame) ? [] : [frame]));
  if (others.length === 0) return findings;
  if (calibrated.length >= mostUnsureShare * traced.length) {
    const counts = { count: calibrated.length, total: traced.length };
    add('warning', others, message('finding.low-confidence.most', counts));
  } else {
    add('information', others, message('finding.low-confidence.some', { frames: frameRanges(others) }));
  }
  return findings;
}
