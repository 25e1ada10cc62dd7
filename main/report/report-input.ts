import type { StudyDocument } from '../../core/api/requests.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { ClipFacts, FramePixels } from '../../core/clip/clip.ts';
import type { Language } from '../../core/language/language.ts';
import { message } from '../../core/language/message.ts';
import { sameStage, stageName } from '../../core/clip/stage.ts';
import { viewsByWorth } from '../../core/clip/view.ts';
import type { ClipMeasurements } from '../../core/assessment/measure-clip.ts';
import type { StudyMeasurements } from '../../core/assessment/measure-study.ts';
import type { ClipReview } from '../../core/review/review.ts';
import type { PriorComparison } from '../../core/conclusion/conclusion-input.ts';
import type { ReportLogo } from './logo/report-logo.ts';
import type { ReportTemplate } from './template.ts';
import { clipViewText } from './wording.ts';
import { tracedStructures } from '../../core/review/traces.ts';

/** Everything a report is made from; nothing else flows into it, so the same input gives the same bytes. */
export interface ReportInput {
  readonly document: StudyDocument;
  readonly measurements: StudyMeasurements;
  readonly settings: Settings;
  /** The language that the report is written in. */
  readonly words: Language;
  /** How the house wants it. */
  readonly template: ReportTemplate;
  /** The house's own picture; null where it has none. */
  readonly logo: ReportLogo | null;
  /** The patient's earlier study that numbers are held against; null where there is none. */
  readonly prior: PriorComparison | null;
  readonly softwareVersion: string;
  /** Displayed pixels of a frame, as the model saw it. */
  frame(sopInstanceUid: string, frame: number): Promise<FramePixels>;
  /** What is known of the stored files, by SOP Instance UID. */
  readonly files: ReadonlyMap<string, ReportedFile>;
  readonly createdAt: Date;
}

/** The file that a clip's pixels come from. */
export interface ReportedFile {
  readonly fileName: string;
  /** Of what was imported. */
  readonly sha256: string;
  /** Whether the library holds that, as far as was looked at: the content of contoured clips, the presence of others. */
  readonly sound: boolean;
}

/** A clip whose frames, curve and numbers stand in the report. */
export interface ReportedClip {
  /** What the page calls it: its view, with a number where that does not tell the clips apart. */
  readonly label: string;
  readonly facts: ClipFacts;
  readonly review: ClipReview;
  readonly measured: ClipMeasurements;
}

/**
 * The two clips of the report: those that biplane rests on; else the one that the numbers rest on with the best of
 * another view; else whatever else was traced. More than two do not fit on the page.
 */
export function reportedClips({ document, measurements, words }: ReportInput): ReportedClip[] {
  const all = document.clips.flatMap((facts): ReportedClip[] => {
    const review = document.review.clips[facts.sopInstanceUid];
    const measured = measurements.clips[facts.sopInstanceUid];
    if (review === undefined || measured === undefined) return [];
    const view = clipViewText(measured.view);
    const named =
      facts.stage === null ? view : message('report.clip', { view, stage: stageName(facts.stage) });
    return [{ label: words.say(named), facts, review, measured }];
  });
  const { pair } = measurements;
  if (pair !== null) {
    return [pair.a4c, pair.a2c].flatMap((uid) => all.filter((clip) => clip.facts.sopInstanceUid === uid));
  }
  return told(bestTwo(all, measurements), words);
}

function bestTwo(all: readonly ReportedClip[], measurements: StudyMeasurements): ReportedClip[] {
  const ofStage = all.filter(({ facts }) => isOfStage(facts.sopInstanceUid, measurements));
  const traced = ofStage.filter((clip) => tracedStructures(clip.review).length > 0);
  const ranked = traced
    .map((clip, index) => ({ clip, index, rank: rankOf(clip, measurements.used) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ clip }) => clip);
  const first = ranked[0];
  if (first === undefined) return [];
  const second = ranked.find((clip) => clip.measured.view.code !== first.measured.view.code) ?? ranked[1];
  return second === undefined ? [first] : [first, second];
}

/** True for a clip of the stage that the study's numbers are of, and for all where there are no stages or none is chosen. */
function isOfStage(uid: string, { stages, stage }: StudyMeasurements): boolean {
  const own = stages.find((one) => sameStage(one.stage, stage));
  return own === undefined || own.clips.includes(uid);
}

/** Clips of the same view are numbered as they stand on the page. */
function told(clips: ReportedClip[], words: Language): ReportedClip[] {
  const [first, second] = clips;
  if (first === undefined || second === undefined || first.label !== second.label) return clips;
  return clips.map((clip, index) => ({
    ...clip,
    label: words.say('report.clip.lettered', { clip: clip.label, letter: index === 0 ? 'a' : 'b' }),
  }));
}

function rankOf({ facts, measured }: ReportedClip, used: readonly string[]): number {
  // How the study's numbers were made is told of the clips that they were made from.
  if (used.includes(facts.sopInstanceUid)) return -1;
  return viewsByWorth.indexOf(measured.view.code) + (measured.beats.length === 0 ? 10 : 0);
}
