import type { Finding } from './finding.ts';

const severities: readonly Finding['severity'][] = ['refusal', 'warning', 'information'];

/** Orders by severity, the gravest first. */
export function bySeverity(a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity);
}

/** Findings in order of severity; equals keep their order. */
export function gravestFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(bySeverity);
}
