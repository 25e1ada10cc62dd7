import type { ClipFacts, ClipStage } from '../clip/clip.ts';
import { stageName } from '../clip/stage.ts';
import { axisDifferencePercent, type BeatPair } from '../measurement/biplane.ts';
import type { MeasuredClip } from '../measurement/choose-clip.ts';
import { decimalText } from '../wording/number-text.ts';
import type { Finding } from './finding.ts';

/** Flags long axes of A4C and A2C that differ, phase by phase: the shorter view is probably foreshortened. */
export function axisFindings(
  a4c: ClipFacts,
  a2c: ClipFacts,
  pairs: readonly BeatPair[],
  limitPercent: number,
): Finding[] {
  const phases = [
    ['ed', 'edFrame', 'ED'],
    ['es', 'esFrame', 'ES'],
  ] as const;
  return phases.flatMap(([phase, frame, words]): Finding[] => {
    const percent = axisDifferencePercent(pairs, phase);
    if (!(percent > limitPercent)) return [];
    return [
      {
        code: 'axis-lengths-differ',
        severity: 'warning',
        message: `The long axes of A4C and A2C differ by ${decimalText(percent, 0)} % at ${words} (limit ${limitPercent} %): the shorter view is probably foreshortened. Check apex and hinges, or choose another clip.`,
        sources: pairs.flatMap((pair) => [
          { sopInstanceUid: a4c.sopInstanceUid, frame: pair.a4c.beat[frame] },
          { sopInstanceUid: a2c.sopInstanceUid, frame: pair.a2c.beat[frame] },
        ]),
      },
    ];
  });
}

/** Says why the study's numbers are not biplane, or why there are none. */
export function planeFindings(
  best: MeasuredClip | null,
  a4c: MeasuredClip | null,
  a2c: MeasuredClip | null,
  measuredOfUnknownView: number,
  stage: ClipStage | null = null,
): Finding[] {
  const ofStage = stage === null ? '' : ` of stage ${stageName(stage)}`;
  if (best === null && measuredOfUnknownView > 1) {
    return [
      {
        code: 'view-unknown',
        severity: 'refusal',
        message: `The views of the ${measuredOfUnknownView} measured clips${ofStage} are not known, so none of them stands for the study. Set the view of each clip (A4C, A2C or other).`,
        sources: [],
      },
    ];
  }
  if (best === null) {
    return [
      {
        code: 'not-traced',
        severity: 'refusal',
        message: `No clip${ofStage} has a measured beat, so the study has no numbers. Run the model on an apical loop, or draw contours at ED and ES.`,
        sources: [],
      },
    ];
  }
  if (a4c !== null && a2c !== null) {
    return [
      {
        code: 'no-calibration',
        severity: 'refusal',
        message:
          'Biplane needs both clips calibrated: the numbers are of a single plane. Draw a ruler on the depth scale of the clip that is not.',
        sources: [],
      },
    ];
  }
  const lacking = a4c !== null ? 'A2C' : a2c !== null ? 'A4C' : 'A4C and A2C';
  return [
    {
      code: 'not-traced',
      severity: 'information',
      message: `No measured ${lacking} clip${ofStage}: the numbers are of a single plane. Add one, or set the view of a clip, to get biplane.`,
      sources: [],
    },
  ];
}
