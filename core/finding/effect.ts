import type { Finding, FindingCode } from './finding.ts';
import { bySeverity } from './severity.ts';

/**
 * What a finding does to EF: it may be wrong or missing, only the ventricle's volumes may be wrong, or it is for the record
 * as far as EF goes.
 */
export type FindingEffect = 'ejection' | 'volume' | 'record';

const onEjection: readonly FindingCode[] = [
  'different-patients',
  'frozen-picture',
  'several-pictures',
  'no-resting-stage',
  'volume-impossible',
  'stages-differ',
  'heart-rates-differ',
  'not-traced',
  'no-contour',
  'no-full-beat',
  'no-beat-included',
  'view-doubtful',
  'view-contradicted',
  'view-recognised',
  'area-jumps',
  'low-confidence',
  'correction-disagrees',
  'ef-implausible',
  'trace-invalid',
  'analysis-incomplete',
  'axis-lengths-differ',
  'contour-touches-sector-edge',
  'basal-tilt',
  'colour-overlay',
  'long-beat',
  'short-beat',
  'early-beat',
  'exclusion-lost',
  'few-frames-per-beat',
  'low-frame-rate',
  'empty-frames',
  'not-analysed',
  'sector-doubtful',
];

const onVolume: readonly FindingCode[] = [
  'no-calibration',
  'calibration-does-not-fit',
  'calibration-by-user',
];

/** Of structures beside the cavity, which EF does not rest on, and of other studies, which say nothing of how it was made. */
const besideEjection: readonly FindingCode[] = [
  'ejection-changed',
  'structure-invalid',
  'structure-unsure',
  'wall-cut-off',
  'wall-not-enclosing',
  'atrium-off-base',
  'atrium-cut-off',
  'atrial-axes-differ',
];

/** Information never says that a number may be wrong; what is not known by its code is judged by its severity. */
export function effectOf({ code, severity }: Pick<Finding, 'code' | 'severity'>): FindingEffect {
  if (severity === 'information' || besideEjection.includes(code)) return 'record';
  return onVolume.includes(code) ? 'volume' : 'ejection';
}

const effects: readonly FindingEffect[] = ['ejection', 'volume', 'record'];

/** Findings by what they do to EF, then by severity, then by kind, so that those of a kind stand together. */
export function byEffect(a: Finding, b: Finding): number {
  const place = ({ code }: Finding) => {
    const index = [...onEjection, ...onVolume].indexOf(code);
    return index < 0 ? onEjection.length : index;
  };
  return (
    effects.indexOf(effectOf(a)) - effects.indexOf(effectOf(b)) ||
    bySeverity(a, b) ||
    place(a) - place(b) ||
    a.code.localeCompare(b.code)
  );
}
