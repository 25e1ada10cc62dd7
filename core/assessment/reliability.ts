import type { Finding, FindingCode } from '../finding/finding.ts';
import { gathered } from '../finding/gathered.ts';
import { bearsOn } from '../finding/bears-on.ts';
import type { MeasurementName } from '../measurement/measurement.ts';
import { quantityOf } from '../quantity/quantities.ts';
import type { StudyMeasurements } from './measure-study.ts';

/** Why a number is not graded, though there is one; null where nothing speaks against it. */
export type GradeDoubt = 'unsure' | 'no-whole-beat' | 'view-not-confirmed' | null;

/** Findings of a clip that say: this may not be the ventricle's border. */
const unsureCodes: readonly FindingCode[] = [
  'low-confidence',
  'view-doubtful',
  'area-jumps',
  'ef-implausible',
];

/** Of contours beside the cavity: this may not be the border of wall or atrium. */
const unsureBeside: readonly FindingCode[] = ['structure-unsure', 'structure-invalid', 'atrium-off-base'];

/** Findings of the clips that the study's numbers rest on. */
function findingsOfUsed({ used, clips }: Pick<StudyMeasurements, 'used' | 'clips'>): Finding[] {
  return used.flatMap((uid) => clips[uid]?.findings ?? []);
}

/** Whether a study's EF rests on a view that was recognised, and that nobody has confirmed. */
export function restsOnGuess({ used, clips }: Pick<StudyMeasurements, 'used' | 'clips'>): boolean {
  return used.some((uid) => clips[uid]?.view.source === 'recognised');
}

/**
 * Whether a number of the study may be called normal or abnormal: not where a clip that it rests on shows no whole beat,
 * has contours of its structure that the model is unsure of, or is of a view that was recognised and that nobody has
 * confirmed. One answer for screen, report and exports.
 */
export function gradeDoubt(
  measured: Pick<StudyMeasurements, 'used' | 'clips' | 'findings'>,
  name: MeasurementName,
): GradeDoubt {
  const quantity = quantityOf(name);
  const weighty = [...findingsOfUsed(measured), ...measured.findings].filter(
    ({ severity }) => severity !== 'information',
  );
  if (weighty.some(({ code }) => unsureCodes.includes(code))) return 'unsure';
  const isBeside = (finding: Finding): boolean =>
    unsureBeside.includes(finding.code) && quantity !== undefined && bearsOn(finding, quantity);
  if (weighty.some(isBeside)) return 'unsure';
  if (weighty.some(({ code }) => code === 'no-full-beat')) return 'no-whole-beat';
  return restsOnGuess(measured) ? 'view-not-confirmed' : null;
}

/** Whether reference limits may stand beside the study's numbers: they are those of adults at rest. */
export const limitsApply = ({ atRest, ofChild }: Pick<StudyMeasurements, 'atRest' | 'ofChild'>): boolean =>
  atRest && !ofChild;

export type Reliability =
  | { readonly state: 'reliable' }
  | { readonly state: 'check'; readonly count: number }
  | { readonly state: 'not-usable' };

/** The findings of a study in one word: nothing to check, so many things to check, or no ejection fraction at all. */
export function reliability(
  measured: Pick<StudyMeasurements, 'used' | 'clips' | 'findings' | 'measurements'>,
): Reliability {
  if (!measured.measurements.some(({ name }) => name === 'EF')) return { state: 'not-usable' };
  // What the study says of unconfirmed views is counted with its clips, which is where it is checked.
  const ofStudy = measured.findings.filter(({ code }) => code !== 'view-recognised');
  const ofUsed = measured.used.flatMap((uid) =>
    (measured.clips[uid]?.findings ?? []).map((finding) => ({ finding, clips: [uid] })),
  );
  const lines = gathered([...ofStudy.map((finding) => ({ finding, clips: [] })), ...ofUsed]);
  const count = lines.filter(({ finding }) => finding.severity !== 'information').length;
  return count === 0 ? { state: 'reliable' } : { state: 'check', count };
}
