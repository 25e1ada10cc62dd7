import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import { studyUidOf } from '../clip/study-key.ts';
import type { StudyMeasurements } from '../assessment/measure-study.ts';
import { signedNumber } from '../assessment/signed-result.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { researchUseNotice } from '../notice.ts';
import type { HistoryEntry } from '../review/history-entry.ts';
import { initialClipReview } from '../review/initial.ts';
import type { ClipReview, Decision, StudyReview } from '../review/review.ts';
import { revisionFormat } from '../review/upcast.ts';
import { tracesBlockName, tracesBlockSchema, type TracesBlock, type WrittenRegion } from './traces-block.ts';

interface TracedStudy {
  readonly facts: StudyFacts;
  readonly clips: readonly ClipFacts[];
  readonly review: StudyReview;
  readonly history: readonly HistoryEntry[];
  readonly measurements: StudyMeasurements;
  readonly options: MeasureOptions;
  readonly softwareVersion: string;
  readonly regions: readonly WrittenRegion[];
}

/**
 * The text of the private block: its keys are in the order of the schema, so that the same state gives the same text.
 *
 * @throws ZodError for a study that the schema does not allow, which is a defect
 */
export function writeTracesBlock(study: TracedStudy): string {
  return JSON.stringify(tracesBlockSchema.parse(tracesBlockOf(study)));
}

function tracesBlockOf(study: TracedStudy): TracesBlock {
  const { facts, clips, review, history, measurements, softwareVersion, regions } = study;
  const { bsaFormula, axisDifferenceLimitPercent, basalTiltLimitDegrees } = study.options;
  const last = history.at(-1);
  return {
    schema: tracesBlockName,
    notice: researchUseNotice,
    software: { name: 'Systola', version: softwareVersion },
    studyInstanceUid: studyUidOf(facts.studyInstanceUid),
    format: revisionFormat,
    revision: last === undefined ? null : { id: last.id, at: last.at },
    decision: decided(review.decision),
    body: review.body,
    stage: review.stage,
    pair: review.pair,
    options: { bsaFormula, axisDifferenceLimitPercent, basalTiltLimitDegrees },
    measurements: measurements.measurements.map(signedNumber),
    clips: clips.map((clip) => {
      const said = review.clips[clip.sopInstanceUid] ?? initialClipReview(clip);
      const measured = measurements.clips[clip.sopInstanceUid];
      return {
        sopInstanceUid: clip.sopInstanceUid,
        rows: clip.rows,
        columns: clip.columns,
        frames: clip.frames,
        fileSha256: said.run?.fileSha256 ?? null,
        review: written(said),
        calibration: measured?.calibration ?? null,
        measurements: measured?.measurements.map(signedNumber) ?? [],
      };
    }),
    regions: [...regions],
  };
}

function decided(decision: Decision): TracesBlock['decision'] {
  if (decision.state === 'pending') return { state: 'pending', at: null, by: null };
  if (decision.state === 'rejected') throw new Error('A rejected study is not written for other systems.');
  return { state: decision.state, at: decision.at, by: decision.by };
}

/** As it is kept, without marks, which are no contours; structures in the order of their names, whatever order they were contoured in. */
function written({ traces, marks: _marks, ...said }: ClipReview): TracesBlock['clips'][number]['review'] {
  return {
    ...said,
    traces: Object.fromEntries(Object.entries(traces).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  } as TracesBlock['clips'][number]['review'];
}
