import type { StudyDocument } from '../../../core/api/requests.ts';
import type { ClipMeasurements } from '../../../core/assessment/measure-clip.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts, ClipStage, PatientFacts } from '../../../core/clip/clip.ts';
import { sortedMarks } from '../../../core/mark/mark.ts';
import { caliperLength } from '../../../core/review/caliper-length.ts';
import { bearsOn } from '../../../core/finding/bears-on.ts';
import type { Finding } from '../../../core/finding/finding.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { quantities, quantityOf, type Quantity } from '../../../core/quantity/quantities.ts';
import type { ClipReview, Decision } from '../../../core/review/review.ts';
import { traceAt } from '../../../core/review/traces.ts';
import { isByReader } from '../../../core/trace/trace.ts';
import { stageOfStudy } from '../stage-of-study.ts';

/** A clip with all that is said of it. */
export interface ResearchClip {
  readonly facts: ClipFacts;
  readonly review: ClipReview;
  readonly measured: ClipMeasurements;
}

/** A number, or one that is not given, with everything that it rests on. */
export interface MeasurementRow {
  readonly studyUid: string;
  readonly patient: PatientFacts | null;
  readonly level: 'study' | 'clip';
  /** The clip that the row is of; null for the study's. */
  readonly clip: ResearchClip | null;
  /** Clips that the number was read from, in the order in which it names them. */
  readonly sources: readonly ResearchClip[];
  readonly stage: ClipStage | null;
  readonly quantity: Quantity | undefined;
  readonly name: string;
  /** What the reader calls a distance that has no name of the list; null for everything else. */
  readonly ownName: string | null;
  /** null where a finding refuses it. */
  readonly measurement: Omit<Measurement, 'name'> | null;
  /** Findings that bear on it. */
  readonly findings: readonly Finding[];
  /** Whether a person drew or corrected a contour that it was read from; null where it was read from none. */
  readonly edited: boolean | null;
  /** Where the heart rate of HR, CO and CI is from. */
  readonly heartRateSource: string | null;
  /** Of BSA, and of what is indexed by it. */
  readonly surfaceFormula: string | null;
  readonly decision: Decision;
}

/** Clips of a study that there are numbers of, as `analysis.json` lists them. */
export function researchClips(
  { clips, review }: Pick<StudyDocument, 'clips' | 'review'>,
  measurements: StudyMeasurements,
): ResearchClip[] {
  return clips.flatMap((facts) => {
    const own = review.clips[facts.sopInstanceUid];
    const measured = measurements.clips[facts.sopInstanceUid];
    return own === undefined || measured === undefined ? [] : [{ facts, review: own, measured }];
  });
}

/**
 * The numbers of a study and then of each of its clips, those of each beat before the means, as `analysis.json` has them;
 * and a row without a value for EF, EDV and ESV where a finding refuses them, so that what is missing is missing for a
 * reason that can be counted.
 */
export function measurementRows(
  document: Pick<StudyDocument, 'clips' | 'review'>,
  study: StudyMeasurements,
  identity: Pick<MeasurementRow, 'studyUid' | 'patient'>,
): MeasurementRow[] {
  const clips = researchClips(document, study);
  const byUid = new Map(clips.map((clip) => [clip.facts.sopInstanceUid, clip]));
  const { decision } = document.review;
  const methodOf = (name: string): string | null =>
    study.measurements.find((one) => one.name === name)?.method ?? null;
  const shared = { ...identity, decision };

  const of = (
    measurement: Measurement,
    place: Pick<MeasurementRow, 'level' | 'clip' | 'stage'>,
    findings: (sources: readonly ResearchClip[]) => readonly Finding[],
  ): MeasurementRow => {
    const { name } = measurement;
    const quantity = quantityOf(name);
    const sources = [...new Set(measurement.sources.map(({ sopInstanceUid }) => sopInstanceUid))].flatMap(
      (uid) => byUid.get(uid) ?? [],
    );
    const ownRate = place.level === 'clip' ? measurement.method : methodOf('HR');
    return {
      ...shared,
      ...place,
      sources,
      quantity,
      name,
      ownName: null,
      measurement,
      findings: quantity === undefined ? [] : findings(sources).filter((one) => bearsOn(one, quantity)),
      edited: editedIn(measurement, byUid),
      heartRateSource: restsOnHeartRate.includes(name) ? ownRate : null,
      surfaceFormula: restsOnSurface.includes(name) ? methodOf('BSA') : null,
    };
  };

  const refused = (
    place: Pick<MeasurementRow, 'level' | 'clip' | 'stage'>,
    given: readonly Measurement[],
    findings: readonly Finding[],
  ): MeasurementRow[] =>
    quantities
      .filter(
        ({ name, headline }) => headline && !given.some((one) => one.name === name && one.beat === null),
      )
      .flatMap((quantity) => {
        const why = findings.filter((one) => one.severity === 'refusal' && bearsOn(one, quantity));
        if (why.length === 0) return [];
        return [
          {
            ...shared,
            ...place,
            sources: place.clip === null ? [] : [place.clip],
            quantity,
            name: quantity.name,
            ownName: null,
            measurement: null,
            findings: why,
            edited: null,
            heartRateSource: null,
            surfaceFormula: null,
          },
        ];
      });

  const ofStudy = { level: 'study', clip: null } as const;
  return [
    ...study.measurements.map((one) =>
      of(one, { ...ofStudy, stage: stageOfStudy(one, document.clips, study) }, (sources) => [
        ...study.findings,
        ...sources.flatMap(({ measured }) => measured.findings),
      ]),
    ),
    ...refused({ ...ofStudy, stage: study.stage }, study.measurements, [
      ...study.findings,
      ...clips.flatMap(({ measured }) => measured.findings),
    ]),
    ...clips.flatMap((clip) => {
      const place = { level: 'clip', clip, stage: clip.facts.stage } as const;
      const { measurements, findings } = clip.measured;
      return [
        ...measurements.map((one) => of(one, place, () => findings)),
        ...refused(place, measurements, findings),
        ...ownDistances(clip).map((measured) => ({ ...shared, ...place, ...measured })),
      ];
    }),
  ];
}

/** Distances that the reader named in words of their own: no quantity, and so no number of the study. */
function ownDistances(
  clip: ResearchClip,
): Omit<MeasurementRow, 'studyUid' | 'patient' | 'decision' | 'level' | 'clip' | 'stage'>[] {
  const { facts, review } = clip;
  return sortedMarks(review.marks).flatMap(([, mark]) => {
    if (mark.kind !== 'caliper' || mark.words === undefined) return [];
    const { lengthMm } = caliperLength(facts, review, mark);
    if (lengthMm === null) return [];
    return [
      {
        sources: [clip],
        quantity: undefined,
        name: 'distance',
        ownName: mark.words,
        measurement: {
          ...{ method: 'caliper', view: null, value: lengthMm, unit: 'mm', beat: null },
          sources: [{ sopInstanceUid: facts.sopInstanceUid, frame: mark.frame }],
        },
        findings: [],
        edited: null,
        heartRateSource: null,
        surfaceFormula: null,
      },
    ];
  });
}

const restsOnHeartRate: readonly string[] = ['HR', 'CO', 'CI'];
const restsOnSurface: readonly string[] = ['BSA', 'CI', 'EDVI', 'ESVI', 'LAVI max'];

function editedIn({ name, sources }: Measurement, clips: ReadonlyMap<string, ResearchClip>): boolean | null {
  const structure = quantityOf(name)?.structure ?? null;
  if (structure === null) return null;
  const traces = sources.flatMap(
    ({ sopInstanceUid, frame }) => traceAt(clips.get(sopInstanceUid)?.review, structure, frame) ?? [],
  );
  return traces.length === 0 ? null : traces.some(isByReader);
}
