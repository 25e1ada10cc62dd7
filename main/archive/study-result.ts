import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../../core/error.ts';

/** Name of the file that says what came of a study: the last to be written, so that where it is everything is. */
export const resultFileName = 'result.json';

/** Tables of a study's numbers: one, or one for each patient where a study's UID is that of several. */
export const isMeasurementsFile = (path: string): boolean => /^systola-measurements-[^/]*\.csv$/.test(path);

/** What decides on the results beside the files: those of one archive have the same. */
const optionsSchema = z.strictObject({
  model: z.string().nullable(),
  /** The order in which a processor adds up decides on the last digits. */
  threads: z.number().int(),
  recognise: z.boolean(),
  view: z.string().nullable(),
  stage: z.string().nullable(),
  frames: z.strictObject({ from: z.number().int(), to: z.number().int() }).nullable(),
  masks: z.boolean(),
  exports: z.array(z.string()),
});
export type ResultOptions = z.infer<typeof optionsSchema>;

const failureSchema = z.strictObject({
  /** null where it is about the whole study. */
  file: z.string().nullable(),
  code: z.enum(errorCodes),
  reason: z.string(),
});
export type StudyFailure = z.infer<typeof failureSchema>;

export const studyResultSchema = z.strictObject({
  schema: z.literal('systola-study-result/1'),
  study: z.string(),
  /** `done`: everything was analysed; `partly`: some files or clips failed; `failed`: nothing came of it. */
  state: z.enum(['done', 'partly', 'failed']),
  studyInstanceUids: z.array(z.string()),
  clips: z.number().int(),
  failedClips: z.number().int(),
  /** Frames that a model drew contours on. */
  contouredFrames: z.number().int(),
  failures: z.array(failureSchema),
  software: z.string(),
  model: z
    .strictObject({ name: z.string(), version: z.string(), sha256: z.string(), provider: z.string() })
    .nullable(),
  options: optionsSchema,
  seconds: z.number(),
  /** Everything else in its folder. */
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number().int(), sha256: z.string() })),
});
export type StudyResult = z.infer<typeof studyResultSchema>;

/** What lies in the files themselves, and is there again however often they are read. */
const final: readonly ErrorCode[] = [
  ...([
    'not-dicom',
    'truncated',
    'malformed',
    'unsupported-sop-class',
    'unsupported-transfer-syntax',
  ] as const),
  ...(['unsupported-pixel-format', 'missing-pixel-data', 'impossible-size', 'decode-failed'] as const),
  ...(['duplicate-instance', 'empty-file', 'too-large', 'archive-damaged', 'archive-too-large'] as const),
  'bad-request',
];

/** Whether another attempt may end otherwise: a disk was away, a process was lost, a model or its card did not work. */
export const isWorthAnotherAttempt = ({ failures }: Pick<StudyResult, 'failures'>): boolean =>
  failures.some(({ code }) => !final.includes(code));
