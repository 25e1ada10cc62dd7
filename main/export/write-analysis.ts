import { basename } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../core/analysis/analysis.schema.json' with { type: 'json' };
import { type Analysis, analysisSchemaName } from '../../core/analysis/analysis.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { researchUseNotice } from '../../core/notice.ts';
import { analysedStudy } from './analysed-study.ts';
import type { ExportSnapshot } from './exporter.ts';

/** What a command knows of the files that a snapshot does not. */
export interface AnalysedFiles {
  /** Where a clip was read from, as the user named it; else the name of the file that was imported. */
  fileOf?(clip: ClipFacts): string | undefined;
  /** Clips that could not be analysed: they stand among the rejected files. */
  readonly failed?: ReadonlySet<string>;
  readonly rejected?: Analysis['rejected'];
}

type Analysed = Pick<ExportSnapshot, 'document' | 'measurements'> & Partial<Pick<ExportSnapshot, 'prior'>>;

/** `analysis.json` of these studies as it is written, and never one that does not fit its schema. */
export function writeAnalysis(
  studies: readonly Analysed[],
  softwareVersion: string,
  { fileOf, failed, rejected = [] }: AnalysedFiles = {},
): Uint8Array {
  const analysis: Analysis = {
    schema: analysisSchemaName,
    notice: researchUseNotice,
    software: { name: 'Systola', version: softwareVersion },
    model: modelOf(studies),
    studies: studies.map(({ document, measurements, prior = null }) =>
      analysedStudy(
        document,
        measurements,
        (clip) => fileOf?.(clip) ?? basename(clip.fileName),
        failed,
        prior,
      ),
    ),
    rejected: [...rejected],
  };
  const validate = (compiled ??= compileSchema());
  if (!validate(analysis)) {
    throw new Error(`analysis.json does not fit its schema: ${JSON.stringify(validate.errors)}`);
  }
  return new TextEncoder().encode(`${JSON.stringify(analysis, null, 1)}\n`);
}

let compiled: ReturnType<typeof compileSchema> | null = null;

/** That our schema is one by its own rules, tests know: finding it out again takes longer than the rest. */
function compileSchema() {
  return new Ajv2020({ allErrors: true, validateSchema: false }).compile(schema);
}

/** The model that ran over the last clip that one ran over. */
export function modelOf(studies: readonly Pick<Analysed, 'document'>[]): Analysis['model'] {
  const runs = studies.flatMap(({ document: { clips, review } }) =>
    clips.flatMap(({ sopInstanceUid }) => review.clips[sopInstanceUid]?.run ?? []),
  );
  const last = runs.at(-1);
  if (last === undefined) return null;
  const { model: name, version, sha256, provider } = last;
  return { name, version, sha256, provider };
}
