import { z } from 'zod';
import type { PatientFacts } from '../clip/clip.ts';
import { patientAnswers } from '../patient/patient-answers.ts';
import type { PatientDoubt } from '../patient/same-patient.ts';
import type { ComparableStudy } from '../prior/comparable-study.ts';
import type { PriorClip } from '../prior/prior-clip.ts';

/*
 * GET    /api/studies/:study/related           PatientStudies: the other studies of its patient
 * PUT    /api/studies/:study/related/:other    PatientAnswerRequest -> PatientStudies
 */

/** Another study of the library that has, or may have, the same patient. */
export interface RelatedStudy {
  readonly studyInstanceUid: string;
  readonly studyDate: string | null;
  readonly description: string | null;
  readonly patient: PatientFacts;
  /** Whether the rules say so, or a person. */
  readonly by: 'rule' | 'answer';
  /** What the rules leave in doubt. */
  readonly doubts: readonly PatientDoubt[];
}

/** A study of the same patient, with its numbers. */
export interface PatientStudy extends RelatedStudy {
  readonly numbers: ComparableStudy;
  /** Loops that can be put beside another study's. */
  readonly clips: readonly PriorClip[];
}

export interface PatientStudies {
  /** Of the same patient, the newest first. */
  readonly studies: readonly PatientStudy[];
  /** Those that only a person can say it of, and nobody has. */
  readonly doubts: readonly RelatedStudy[];
  /** Those that a person has parted from it. */
  readonly parted: readonly RelatedStudy[];
  /** Studies beyond {@link mostStudies}, which are not among them. */
  readonly more: number;
}

/** Of one patient; phantoms and teaching files have more. */
export const mostStudies = 100;

export const patientAnswerSchema = z.strictObject({ answer: z.enum(patientAnswers).nullable() });
