import { ageAtStudy } from '../../core/body/age.ts';
import type { PriorComparison } from '../../core/conclusion/conclusion-input.ts';
import { reportTexts } from '../../core/conclusion/report-texts.ts';
import { inEnglish } from '../../core/language/english.ts';
import type { Analysis } from '../../core/analysis/analysis.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { ClipFacts, ClipStage, StudyFacts } from '../../core/clip/clip.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import { type ComparedDocument, comparedDocuments } from '../../core/document/compared-numbers.ts';
import type { Finding } from '../../core/finding/finding.ts';
import type { BeatRow } from '../../core/measurement/beat-table.ts';
import type { ClipMeasurements } from '../../core/assessment/measure-clip.ts';
import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';
import { type Mark, sortedMarks } from '../../core/mark/mark.ts';
import { caliperLength } from '../../core/review/caliper-length.ts';
import type { Measurement } from '../../core/measurement/measurement.ts';
import { excludedBy } from '../../core/review/excluded-by.ts';
import type { HistoryEntry } from '../../core/review/history-entry.ts';
import { type OwnPropagation, propagationRecords } from '../../core/review/propagation-records.ts';
import type { ClipReview, StudyReview } from '../../core/review/review.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import { hasLandmarks, type Trace } from '../../core/trace/trace.ts';
import { landmarks } from '../../core/trace/trace-measures.ts';
import { tracedStructures, tracesOf } from '../../core/review/traces.ts';
import { stageOfStudy } from './stage-of-study.ts';

type AnalysedStudy = Analysis['studies'][number];
type AnalysedClip = AnalysedStudy['clips'][number];

/**
 * A study as `analysis.json` has it. `fileOf` says where a clip was read from, as the user named it; clips in `failed`
 * are left out, they stand among the rejected files.
 */
export function analysedStudy(
  {
    facts,
    clips,
    documents,
    review,
    history,
  }: Pick<StudyDocument, 'facts' | 'clips' | 'documents' | 'review' | 'history'>,
  measured: StudyMeasurements,
  fileOf: (clip: ClipFacts) => string,
  failed: ReadonlySet<string> = new Set(),
  prior: PriorComparison | null = null,
): AnalysedStudy {
  return {
    studyInstanceUid: studyUidOf(facts.studyInstanceUid),
    patientId: facts.patient.patientId,
    clips: clips.flatMap((clip) => {
      const clipReview = review.clips[clip.sopInstanceUid];
      const clipMeasured = measured.clips[clip.sopInstanceUid];
      if (clipReview === undefined || clipMeasured === undefined || failed.has(clip.sopInstanceUid))
        return [];
      return [analysedClip(clip, clipReview, clipMeasured, history, fileOf(clip))];
    }),
    measurements: measured.measurements.map((one) => written(one, stageOfStudy(one, clips, measured))),
    spread: [...measured.spread],
    beatPairs: [...measured.beatPairs],
    report: reportOf(facts, review, measured, prior),
    reported: comparedDocuments(documents, measured).map(reported),
    findings: measured.findings.map(told),
  };
}

function reportOf(
  facts: StudyFacts,
  review: StudyReview,
  measured: StudyMeasurements,
  prior: PriorComparison | null,
): AnalysedStudy['report'] {
  const { conclusion, indication, rhythm, quality } = reportTexts(
    { facts, review, measured, prior },
    inEnglish,
  );
  const age = ageAtStudy(facts);
  return {
    conclusion: conclusion.text,
    conclusionSource: conclusion.isSigned ? 'signed' : conclusion.isWritten ? 'written' : 'proposed',
    numbersChanged: conclusion.changed.length > 0,
    indication: indication.text || null,
    rhythm: rhythm.text || null,
    imageQuality: quality.text || null,
    ageYears:
      age === null
        ? null
        : age.unit === 'years'
          ? age.value
          : age.unit === 'months'
            ? Math.floor(age.value / 12)
            : 0,
  };
}

function reported({ document, numbers }: ComparedDocument): NonNullable<AnalysedStudy['reported']>[number] {
  const { sopInstanceUid, fileName, title, manufacturer, manufacturerModel, writtenAt, bySystola } = document;
  return {
    sopInstanceUid,
    file: fileName,
    title,
    manufacturer,
    manufacturerModel,
    writtenAt,
    bySystola,
    numbers: numbers.map(({ reported: number, ours, difference, isOfOneMethod }) => ({
      ...number,
      ours: ours?.value ?? null,
      difference,
      isOfOneMethod,
    })),
  };
}

function analysedClip(
  facts: ClipFacts,
  review: ClipReview,
  measured: ClipMeasurements,
  history: readonly HistoryEntry[],
  file: string,
): AnalysedClip {
  const { calibration } = measured;
  return {
    file,
    sopInstanceUid: facts.sopInstanceUid,
    fileSha256: review.run?.fileSha256 ?? null,
    rows: facts.rows,
    columns: facts.columns,
    frames: facts.frames,
    view: measured.view,
    recognition: recognitionIn(review),
    stage: facts.stage,
    timing: {
      source: facts.timing.source,
      guessed: facts.timing.guessed,
      frameTimesMs: [...facts.timing.frameTimesMs],
    },
    calibration:
      calibration === null
        ? null
        : {
            source: calibration.source,
            mmPerPixelX: calibration.mmPerPixelX,
            mmPerPixelY: calibration.mmPerPixelY,
          },
    traces: tracedStructures(review).flatMap((structure) =>
      Object.entries(tracesOf(review, structure))
        .map(([frame, trace]) => traced(structure, Number(frame), trace))
        .sort((a, b) => a.frame - b.frame),
    ),
    propagation: propagationOf(review),
    propagations: propagationRecords(review).map((record) => ({
      structure: record.structure,
      ...writtenPropagation(record),
    })),
    marks: sortedMarks(review.marks).map(([, mark]) => marked(facts, review, mark)),
    framesWithoutPicture: [...(review.run?.unsegmented?.undecodable ?? [])],
    beats: measured.beatTable.map((row) => analysedBeat(row, facts.sopInstanceUid, history)),
    measurements: measured.measurements.map((one) => written(one, facts.stage)),
    spread: [...measured.spread],
    findings: measured.findings.map(told),
  };
}

function recognitionIn({ recognition }: ClipReview): AnalysedClip['recognition'] {
  if (recognition === null) return null;
  const { code, certainty, recogniser, version, sha256 } = recognition;
  return { code, certainty, recogniser, version, sha256 };
}

function propagationOf({ propagation }: ClipReview): AnalysedClip['propagation'] {
  return propagation === null ? null : writtenPropagation(propagation);
}

function writtenPropagation({
  way,
  anchors,
  range,
  model,
  sha256,
}: OwnPropagation): NonNullable<AnalysedClip['propagation']> {
  return { way, anchors: [...anchors], from: range.from, to: range.to, model, sha256 };
}

function analysedBeat(
  { beat, cycleMs, edvMl, esvMl, efPercent, included, exclusionMark, flags }: BeatRow,
  sopInstanceUid: string,
  history: readonly HistoryEntry[],
): AnalysedClip['beats'][number] {
  const { edFrame, esFrame, nextEdFrame } = beat;
  return {
    edFrame,
    esFrame,
    nextEdFrame,
    cycleMs,
    edvMl,
    esvMl,
    efPercent,
    included,
    excludedBy: exclusionMark === null ? null : excludedBy(history, sopInstanceUid, exclusionMark),
    flags: [...flags],
  };
}

function traced(structure: StructureId, frame: number, trace: Trace): AnalysedClip['traces'][number] {
  const { points, source, confidence } = trace;
  const marks = hasLandmarks(trace) ? landmarks(trace) : null;
  return {
    frame,
    structure,
    points: [...points],
    hinges: marks && [marks.first, marks.second],
    apex: marks && marks.apex,
    source: source.kind,
    propagatedFrom: source.kind === 'propagated' ? [...source.from] : null,
    confidence,
  };
}

function marked(
  facts: ClipFacts,
  review: ClipReview,
  mark: Mark,
): NonNullable<AnalysedClip['marks']>[number] {
  const { kind, frame } = mark;
  return kind === 'caliper'
    ? {
        kind,
        frame,
        points: [mark.from, mark.to],
        lengthMm: caliperLength(facts, review, mark).lengthMm,
        name: mark.name ?? null,
        text: mark.words ?? null,
      }
    : { kind, frame, points: [mark.at], lengthMm: null, name: null, text: mark.text };
}

function written(
  { name, method, view, value, unit, beat }: Measurement,
  stage: ClipStage | null,
): AnalysedClip['measurements'][number] {
  return { name, method, view, value, unit, beat, stage };
}

function told({ code, severity, message }: Finding): AnalysedClip['findings'][number] {
  return { code, severity, message: inEnglish.say(message) };
}
