import type { ClipFacts, ClipStage } from '../clip/clip.ts';
import { stageName } from '../clip/stage.ts';
import { message } from '../language/message.ts';
import { axisDifferencePercent, type BeatPair } from '../measurement/biplane.ts';
import type { MeasuredClip } from '../measurement/choose-clip.ts';
import type { ClipPair } from '../measurement/pairing.ts';
import { atrialAxisDifferenceMm, type AtriumPair } from '../measurement/study-atrium.ts';
import type { Finding } from './finding.ts';

/** Flags long axes of A4C and A2C that differ, phase by phase: the shorter view is probably foreshortened. */
export function axisFindings(
  a4c: ClipFacts,
  a2c: ClipFacts,
  pairs: readonly BeatPair[],
  limitPercent: number,
): Finding[] {
  const phases = [
    ['ed', 'edFrame'],
    ['es', 'esFrame'],
  ] as const;
  return phases.flatMap(([phase, frame]): Finding[] => {
    const percent = axisDifferencePercent(pairs, phase);
    if (!(percent > limitPercent)) return [];
    return [
      {
        code: 'axis-lengths-differ',
        severity: 'warning',
        message: message('finding.axis-lengths-differ', {
          percent,
          phase: message(`phase.${phase}`),
          limit: limitPercent,
        }),
        sources: pairs.flatMap((pair) => [
          { sopInstanceUid: a4c.sopInstanceUid, frame: pair.a4c.beat[frame] },
          { sopInstanceUid: a2c.sopInstanceUid, frame: pair.a2c.beat[frame] },
        ]),
      },
    ];
  });
}

/**
 * Long axes of the left atrium in two planes that differ by more make one of them doubtful, mm (rule of the chamber
 * quantification guidelines of ASE and EACVI for biplane volumes of the atrium).
 */
const atrialAxisLimitMm = 5;

/** Flags an atrium whose long axes differ between the planes that its volume is of. */
export function atrialAxisFindings({ a4c, a2c }: ClipPair, pairs: readonly AtriumPair[]): Finding[] {
  const mm = atrialAxisDifferenceMm(pairs);
  if (!(mm > atrialAxisLimitMm)) return [];
  return [
    {
      code: 'atrial-axes-differ',
      severity: 'warning',
      message: message('finding.atrial-axes-differ', { mm, limit: atrialAxisLimitMm }),
      sources: pairs.flatMap((pair) => [
        { sopInstanceUid: a4c.facts.sopInstanceUid, frame: pair.a4c.largest.frame },
        { sopInstanceUid: a2c.facts.sopInstanceUid, frame: pair.a2c.largest.frame },
      ]),
    },
  ];
}

/** Says why the study's numbers are not biplane, or why there are none. */
export function planeFindings(
  best: MeasuredClip | null,
  a4c: MeasuredClip | null,
  a2c: MeasuredClip | null,
  measuredOfUnknownView: number,
  stage: ClipStage | null = null,
): Finding[] {
  const ofStage = {
    staged: stage === null ? 'other' : 'yes',
    stage: stageName(stage),
  } as const;
  if (best === null && measuredOfUnknownView > 1) {
    return [
      {
        code: 'view-unknown',
        severity: 'refusal',
        message: message('finding.view-unknown.study', { count: measuredOfUnknownView, ...ofStage }),
        sources: [],
      },
    ];
  }
  if (best === null) {
    return [
      {
        code: 'not-traced',
        severity: 'refusal',
        message: message('finding.not-traced.study', ofStage),
        sources: [],
      },
    ];
  }
  if (a4c !== null && a2c !== null) {
    return [
      {
        code: 'no-calibration',
        severity: 'refusal',
        message: message('finding.no-calibration.biplane'),
        sources: [],
      },
    ];
  }
  const views = [...(a4c === null ? ['A4C'] : []), ...(a2c === null ? ['A2C'] : [])];
  return [
    {
      code: 'not-traced',
      severity: 'information',
      message: message('finding.not-traced.view', { views, ...ofStage }),
      sources: [],
    },
  ];
}
