import { isDistance, type Quantity } from '../quantity/quantities.ts';
import { leftAtrium, leftVentricularWall } from '../structure/structure.ts';
import { effectOf } from './effect.ts';
import type { Finding, FindingCode } from './finding.ts';

/** Of contours beside the cavity: nothing else rests on these. */
const ofAtrium: readonly FindingCode[] = ['atrium-off-base', 'atrium-cut-off', 'atrial-axes-differ'];
const ofWall: readonly FindingCode[] = ['wall-not-enclosing', 'wall-cut-off'];
const ofBoth: readonly FindingCode[] = ['structure-invalid', 'structure-unsure'];

/** What a heart rate by frame times, or one taken from the files, can be wrong by. */
const ofHeartRate: readonly FindingCode[] = [
  'timing-guessed',
  'timing-contradicts',
  'heart-rate-contradicts',
  'heart-rates-differ',
  'low-frame-rate',
  'few-frames-per-beat',
  'long-beat',
  'short-beat',
  'early-beat',
  'no-full-beat',
];

/** That the files are of one patient is what everything rests on. */
const ofEverything: readonly FindingCode[] = ['different-patients'];

/**
 * Whether a number of this quantity may be wrong or missing because of a finding. Where a finding does not say which of
 * several structures it means, it bears on all of them: rather one doubt too many than one too few.
 */
export function bearsOn(
  finding: Pick<Finding, 'code' | 'severity'>,
  { name, structure, unit }: Pick<Quantity, 'name' | 'structure' | 'unit'>,
): boolean {
  const { code, severity } = finding;
  if (severity === 'information') return false;
  if (ofEverything.includes(code)) return true;
  // A heart may change: that it did makes no number wrong.
  if (code === 'ejection-changed') return false;
  if (isDistance(name)) return effectOf(finding) === 'volume';
  if (structure === null) return name === 'HR' && ofHeartRate.includes(code);
  if (ofAtrium.includes(code)) return structure === leftAtrium;
  if (ofWall.includes(code)) return structure === leftVentricularWall;
  if (ofBoth.includes(code)) return structure === leftAtrium || structure === leftVentricularWall;
  // Ratios are the same whatever a pixel measures.
  if (effectOf(finding) === 'volume') return unit !== '%' && unit !== '1';
  return true;
}
