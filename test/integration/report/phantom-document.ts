import { type StudyDocument } from '../../../core/api/requests.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import type { ClipFacts, StudyFacts } from '../../../core/clip/clip.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { initialReview } from '../../../core/review/initial.ts';
import type { Change, ClipReview } from '../../../core/review/review.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import { traceFromStroke } from '../../../core/trace/from-stroke.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import type { ReportInput } from '../../../main/report/report.ts';
import { defaultTemplate } from '../../../main/report/template.ts';
import { type PhantomClip, phantomClip } from '../../fixtures/phantom/phantom.ts';
import { sectorBox } from '../../fixtures/phantom/scan-plane.ts';
import type { PhantomView } from '../../fixtures/phantom/ventricle.ts';

export const sha256 = 'c0ffee00'.repeat(8);
/** Of each clip's file. */
export const fileSha256 = 'f'.repeat(64);

/** Both views of one phantom heart, at few enough frames to be made in a moment. */
export function phantomPair(): readonly PhantomClip[] {
  return (['a4c', 'a2c'] as const).map((view) =>
    phantomClip({ view, ejectionFraction: 55, edvMl: 120, seed: 3, frames: 24, frameRate: 11 }),
  );
}

export interface DocumentOptions {
  readonly facts?: Partial<StudyFacts>;
  readonly name?: string;
  readonly ideographic?: string;
  readonly phonetic?: string;
  readonly changeClip?: (clip: ClipFacts) => ClipFacts;
}

/**
 * What the report of a phantom study is made from: real clips, the true contours as the model's traces, and
 * everything else derived by the core.
 */
export function reportInput(pair: readonly PhantomClip[], options: DocumentOptions = {}): ReportInput {
  const clips = pair.map((phantom, index) => {
    const facts = clipFacts(phantom, index + 1);
    return options.changeClip?.(facts) ?? facts;
  });
  const facts: StudyFacts = {
    studyInstanceUid: '2.25.100',
    patient: {
      patientId: 'SYSTOLA-1',
      issuerOfPatientId: 'Ward 7',
      name: {
        alphabetic: options.name ?? 'Phantom^Systola',
        ideographic: options.ideographic ?? '',
        phonetic: options.phonetic ?? '',
      },
      birthDate: '1970-01-01',
      sex: 'male',
    },
    studyDate: '2025-01-02',
    description: 'Transthoracic echocardiography',
    accessionNumber: 'A-42',
    heightCm: 176,
    weightKg: 76,
    heartRateBpm: 60,
    ...options.facts,
  };
  const start = initialReview(facts, clips);
  const review = {
    ...start,
    clips: Object.fromEntries(
      clips.map((clip, index) => [
        clip.sopInstanceUid,
        tracedReview(start.clips[clip.sopInstanceUid]!, pair[index]!),
      ]),
    ),
  };
  const document: StudyDocument = { facts, clips, documents: [], review, history: [], head: 12, runs: [] };
  return {
    document,
    measurements: measureStudy(facts, clips, review, defaultSettings),
    settings: defaultSettings,
    words: inEnglish,
    template: defaultTemplate,
    logo: null,
    prior: null,
    softwareVersion: '0.1.0',
    files: new Map(
      clips.map(({ sopInstanceUid, fileName }) => [
        sopInstanceUid,
        { fileName, sha256: fileSha256, sound: true },
      ]),
    ),
    frame: (sopInstanceUid, frame) => {
      const index = clips.findIndex((clip) => clip.sopInstanceUid === sopInstanceUid);
      return Promise.resolve(pair[index]!.frames[frame]!);
    },
    createdAt: new Date('2026-03-04T05:06:07Z'),
  };
}

/** The same input after changes to its review, measured again. */
export function changed(input: ReportInput, changes: readonly Change[]): ReportInput {
  const { document } = input;
  const review = applyChanges(document.review, changes);
  return {
    ...input,
    document: { ...document, review },
    measurements: measureStudy(document.facts, document.clips, review, input.settings),
  };
}

function tracedReview(review: ClipReview, phantom: PhantomClip): ClipReview {
  const traces: Record<number, Trace> = {};
  phantom.contours.forEach((contour, frame) => {
    const source = { kind: 'model', model: 'gdkvm-test', sha256 } as const;
    traces[frame] = { ...traceFromStroke([...contour]), source, confidence: 0.9 };
  });
  return {
    ...review,
    traces: { 'lv-cavity': traces },
    run: {
      model: 'gdkvm-test',
      version: '1.2.3',
      sha256,
      provider: 'cpu',
      framesDone: phantom.frames.length,
      complete: true,
      msPerFrame: 90,
      sector: { box: sectorBox(phantom.plane), source: 'region' },
    },
  };
}

function clipFacts(phantom: PhantomClip, instanceNumber: number): ClipFacts {
  const view: PhantomView = phantom.options.view;
  const box = sectorBox(phantom.plane);
  const frames = phantom.frames.length;
  return {
    sopInstanceUid: `2.25.${instanceNumber}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
    transferSyntaxUid: '1.2.840.10008.1.2.4.50',
    seriesInstanceUid: '2.25.101',
    studyInstanceUid: '2.25.100',
    instanceNumber,
    fileName: `${view}.dcm`,
    rows: phantom.plane.rows,
    columns: phantom.plane.columns,
    frames,
    timing: {
      source: 'frame-time',
      guessed: false,
      frameTimesMs: Array.from({ length: frames }, (_, frame) => frame * phantom.frameTimeMs),
      durationMs: frames * phantom.frameTimeMs,
      playback: 'loop',
    },
    regions: [
      {
        spatialFormat: 1,
        dataType: 1,
        box,
        unitsX: 3,
        unitsY: 3,
        deltaX: phantom.mmPerPixel / 10,
        deltaY: phantom.mmPerPixel / 10,
      },
    ],
    pixelSpacingMm: null,
    pixelAspectRatio: null,
    stage: null,
    viewName: null,
    viewNumber: null,
    view: { code: view, source: 'file' },
    heartRateBpm: 60,
    rWaveTimesMs: phantom.rWaveTimesMs,
    colourOverlay: false,
    bMode: true,
    lossy: true,
    acquiredAt: '2025-01-02T10:15:01',
    manufacturer: 'Systola',
    manufacturerModel: 'Left ventricular phantom',
    oddities: [],
  };
}
