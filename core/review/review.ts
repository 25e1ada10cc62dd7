import type { Beat } from '../beat/beat.ts';
import type { Body } from '../body/body.ts';
import type { RulerCalibration } from '../clip/calibration.ts';
import type { ClipStage, Sector } from '../clip/clip.ts';
import type { SaidView } from '../clip/view.ts';
import type { ViewRecognition } from '../clip/view-recognition.ts';
import type { Box } from '../geometry/point.ts';
import type { Mark, Marks } from '../mark/mark.ts';
import type { ModelPasses } from '../model/manifest.ts';
import type { StructureId } from '../structure/structure.ts';
import type { PropagationWay } from '../model/propagation-way.ts';
import type { Trace } from '../trace/trace.ts';
import type { ReportField } from './report-field.ts';
import type { SignedNumber, SignedResult } from './signed-result.ts';

/** One pass of a model over a clip, as recorded when it ended. */
export interface RunRecord {
  readonly model: string;
  readonly version: string;
  /** Of the model's graph. */
  readonly sha256: string;
  /** Of all that decided the contours; left out in runs stored before there was one. */
  readonly contourHash?: string;
  /** Of the file that the pixels were decoded from; left out in runs stored before it was recorded. */
  readonly fileSha256?: string;
  readonly provider: string;
  readonly framesDone: number;
  readonly complete: boolean;
  readonly msPerFrame: number;
  readonly sector: Sector;
  /** How the clip was run; left out in runs stored before there was a choice, which were `forward`. */
  readonly passes?: ModelPasses;
  /** Frames that have no contour because there was nothing to segment; left out when there are none. */
  readonly unsegmented?: UnsegmentedFrames;
  /** Box of the two-dimensional picture that the model was shown; left out where the whole image was. */
  readonly picture?: Box;
  /** The picture does not move: the model was not run, and there is nothing to measure. Left out when it moves. */
  readonly frozen?: true;
  /** First and last frame of a run over a part of the clip; left out where it was over the whole clip. */
  readonly range?: FrameRange;
  /**
   * What the model found where a person's contour stands, which stays: what the correction is compared with. By structure
   * and frame; left out where there is none.
   */
  readonly covered?: Readonly<Record<StructureId, Readonly<Record<number, Trace | null>>>>;
}

/** First and last frame, inclusive. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

/** Corrections that were carried over the frames around them. */
export interface PropagationRecord {
  readonly structure: StructureId;
  readonly way: PropagationWay;
  /** Corrected frames that it began from, ascending. */
  readonly anchors: readonly number[];
  /** Frames that it could reach. */
  readonly range: FrameRange;
  /** Of the contours that were moved. */
  readonly model: string;
  /** Of the graph whose memory carried the corrections: the model's correction network, where it has one, or the model. */
  readonly sha256: string;
  /** It followed a run by itself: a step of its own, which takes no correction with it. */
  readonly afterRun?: true;
  /** The last ones of other structures, which stay when this one is recorded; left out where there are none. */
  readonly others?: readonly Omit<PropagationRecord, 'others'>[];
}

export interface UnsegmentedFrames {
  /** Black, blanked, one grey or noise: the model was not shown them. */
  readonly noPicture: readonly number[];
  /** The model's answer held values that are not numbers. */
  readonly notFinite: readonly number[];
  /** The file's data of these frames cannot be decoded; left out when there are none. */
  readonly undecodable?: readonly number[];
}

/** Traces of one structure by frame number. */
export type FrameTraces = Readonly<Record<number, Trace>>;

/** Everything a person or a model has said about one clip. */
export interface ClipReview {
  /** What the file, the reader or the command line says; which view the clip is taken for is `clipView`'s word. */
  readonly view: SaidView;
  /** What a recogniser told from the pictures; null where none was asked. */
  readonly recognition: ViewRecognition | null;
  readonly ruler: RulerCalibration | null;
  /** Box of the picture that the reader chose where the clip shows several; null where nobody chose. */
  readonly picture: Box | null;
  /** By structure, then by frame number; read them through traces.ts. */
  readonly traces: Readonly<Record<StructureId, FrameTraces>>;
  /** Beats set by the user; null means: as found on the curve. */
  readonly beats: readonly Beat[] | null;
  /**
   * Beats that the reader left out of the means, by the ED frame that each had then (read through excluded-beats.ts),
   * ascending; null where nobody chose: all measured beats.
   */
  readonly excludedBeats: readonly number[] | null;
  /** Distances and notes that a reader put on frames. */
  readonly marks: Marks;
  readonly run: RunRecord | null;
  /** The last propagation of corrections, with the last of each other structure; null where there was none. */
  readonly propagation: PropagationRecord | null;
}

/** Who decided and when is the library's word, never that of a window. */
export type Decision =
  | { readonly state: 'pending' }
  | {
      readonly state: 'accepted' | 'rejected';
      readonly at: string;
      readonly by: string;
      /** Why a study that was accepted before is signed again. */
      readonly reason?: string;
      /** Left out of decisions that were stored before numbers were kept with them, and while one is on its way. */
      readonly signed?: SignedResult;
    };

/** Two clips that the reader wants as one biplane, though their stages or heart rates differ. */
export interface ChosenPair {
  readonly a4c: string;
  readonly a2c: string;
}

/** What a person wrote, in the place of what is proposed or stands in the file. */
export interface ReportText {
  readonly text: string;
  /** The study's numbers when it was written; left out of texts that say nothing of them. */
  readonly numbers?: readonly SignedNumber[];
}

/** The state of a study's review: the fold of its revisions. Numbers are derived from it, never stored. */
export interface StudyReview {
  readonly studyInstanceUid: string;
  readonly body: Body;
  readonly decision: Decision;
  /** Stage that the study's numbers are of; null: the resting one. */
  readonly stage: ClipStage | null;
  /** Pair that the reader wants as biplane all the same; null: only clips of one stage and like heart rates. */
  readonly pair: ChosenPair | null;
  /** SOP Instance UIDs of the study's documents whose contours were taken over, in that order. */
  readonly readings: readonly string[];
  /** Study Instance UID of the patient's study that the reader holds this one against; null: the last before it. */
  readonly prior: string | null;
  /** Texts of the report that a person wrote; others are as proposed. */
  readonly texts: Readonly<Partial<Record<ReportField, ReportText>>>;
  /** By SOP Instance UID. */
  readonly clips: Readonly<Record<string, ClipReview>>;
}

/**
 * One slot of the review before and after. A revision swaps whole values, so that undo is the same
 * operation with the two exchanged and cannot point at something that was replaced meanwhile.
 */
export type Change =
  | {
      readonly slot: 'trace';
      readonly sopInstanceUid: string;
      readonly structure: StructureId;
      readonly frame: number;
      readonly before: Trace | null;
      readonly after: Trace | null;
    }
  | {
      readonly slot: 'beats';
      readonly sopInstanceUid: string;
      readonly before: readonly Beat[] | null;
      readonly after: readonly Beat[] | null;
    }
  | {
      readonly slot: 'excludedBeats';
      readonly sopInstanceUid: string;
      readonly before: readonly number[] | null;
      readonly after: readonly number[] | null;
    }
  | {
      readonly slot: 'mark';
      readonly sopInstanceUid: string;
      readonly id: string;
      readonly before: Mark | null;
      readonly after: Mark | null;
    }
  | {
      readonly slot: 'view';
      readonly sopInstanceUid: string;
      readonly before: SaidView;
      readonly after: SaidView;
    }
  | {
      readonly slot: 'recognition';
      readonly sopInstanceUid: string;
      readonly before: ViewRecognition | null;
      readonly after: ViewRecognition | null;
    }
  | {
      readonly slot: 'ruler';
      readonly sopInstanceUid: string;
      readonly before: RulerCalibration | null;
      readonly after: RulerCalibration | null;
    }
  | {
      readonly slot: 'picture';
      readonly sopInstanceUid: string;
      readonly before: Box | null;
      readonly after: Box | null;
    }
  | {
      readonly slot: 'stage';
      readonly before: ClipStage | null;
      readonly after: ClipStage | null;
    }
  | {
      readonly slot: 'pair';
      readonly before: ChosenPair | null;
      readonly after: ChosenPair | null;
    }
  | {
      readonly slot: 'readings';
      readonly before: readonly string[];
      readonly after: readonly string[];
    }
  | {
      readonly slot: 'prior';
      readonly before: string | null;
      readonly after: string | null;
    }
  | {
      readonly slot: 'text';
      readonly field: ReportField;
      readonly before: ReportText | null;
      readonly after: ReportText | null;
    }
  | {
      readonly slot: 'run';
      readonly sopInstanceUid: string;
      readonly before: RunRecord | null;
      readonly after: RunRecord | null;
    }
  | {
      readonly slot: 'propagation';
      readonly sopInstanceUid: string;
      readonly before: PropagationRecord | null;
      readonly after: PropagationRecord | null;
    }
  | { readonly slot: 'body'; readonly before: Body; readonly after: Body }
  | { readonly slot: 'decision'; readonly before: Decision; readonly after: Decision };

export type RevisionKind = 'edit' | 'run' | 'undo' | 'redo';

/** One entry of the append-only list. `id` counts up within the library. */
export interface Revision {
  readonly id: number;
  readonly studyInstanceUid: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly author: string;
  readonly kind: RevisionKind;
  /** What a history list shows: "moved 2 points, frame 12". */
  readonly label: string;
  readonly changes: readonly Change[];
  /** The revision that an undo or redo acts on, or that an edit goes on with as one step. */
  readonly target: number | null;
}
