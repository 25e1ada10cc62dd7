import { providerNames, type ProviderName } from '../../core/settings/settings.ts';
import { statedViews, type ViewCode } from '../../core/clip/view.ts';
import { propagationWays, type PropagationWay } from '../../core/model/propagation-way.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';

export interface AnalyzeOptions {
  readonly paths: readonly string[];
  readonly out: string;
  readonly model: string | null;
  readonly provider: ProviderName;
  /** Whether views are recognised from the pictures where the file does not say. */
  readonly recognise: boolean;
  /** View of clips whose file names none and that were not recognised. */
  readonly view: ViewCode | null;
  /** Stage that a study's numbers are of, by name or number; null for the resting one. */
  readonly stage: string | null;
  /** First and last frame, inclusive; null for all. */
  readonly frames: { readonly from: number; readonly to: number } | null;
  readonly masks: boolean;
  /** JSON file of corrections; null for none. */
  readonly correct: string | null;
  /** How corrections come to other frames: `none`: not at all; null: the way of the model. */
  readonly propagate: PropagationWay | 'none' | null;
  /** Folders that hold model folders, in place of the shipped ones. */
  readonly modelFolders: readonly string[];
}

export const analyzeUsage = `systola analyze <file or folder>... --out <dir> [options]

Contours the left ventricle in every B-mode clip and writes analysis.json and report.pdf into <dir>;
with several studies, each report into a folder named by its Study Instance UID.

  --out <dir>          where to write; created when it is not there
  --model <name>       model to use (default: the accurate one where a GPU is found, else the fast one)
  --models <dir>       folder that holds model folders, in place of the shipped ones; may be repeated
  --provider <name>    ${providerNames.join(', ')} (default: auto)
  --view <view>        a4c, a2c, a3c or other, for clips whose file does not say and whose pictures leave it open
  --no-recognise       do not recognise views from the pictures
  --stage <name>       stage of a stress study that its numbers are of, by name or number (default: the one at rest)
  --frames <from>-<to> only these frames, counted from 0, both included
  --correct <file>     JSON of corrected contours: clips[] { sopInstanceUid, corrections[] { frame, structure?,
                       trace { points, hinges, apex } | mask: "<file>.png" } }; a trace is shaped as in analysis.json,
                       a mask holds 0 and 255 at the clip's size; paths are relative to the file; or COCO 1.0, whose
                       polygons on <sopInstanceUid>/frame_<000000>.png contours are fitted to
  --propagate <way>    how corrections come to the frames around them: displacement, memory or none
                       (default: the model's way)
  --masks              also write masks/<sopInstanceUid>/<frame>.png, 0 or 255

Exit code: 0 every readable clip was analysed, 1 some failed or were refused (see "rejected"),
2 nothing could be read, 64 bad usage.`;

/** @throws SystolaError `bad-request` saying what is wrong with the command line */
export function parseAnalyzeOptions(
  argv: readonly string[],
  defaultModelFolders: readonly string[],
): AnalyzeOptions {
  const { values, positionals } = parsedCommandLine(argv, optionTypes);
  if (positionals.length === 0) throw wrongUsage('Name at least one file or folder to analyse.');
  const { out, model, provider, view, stage, frames, models, propagate } = values;
  if (out === undefined || out === '') throw wrongUsage('Say where to write with --out <dir>.');
  if (propagate !== undefined && values.correct === undefined) {
    throw wrongUsage('--propagate carries corrections on: name their file with --correct <file>.');
  }
  return {
    paths: positionals,
    out,
    model: model ?? null,
    provider: oneOf('--provider', provider, providerNames) ?? 'auto',
    recognise: values['no-recognise'] !== true,
    view: oneOf('--view', view, statedViews),
    stage: stage ?? null,
    frames: frames === undefined ? null : frameRange(frames),
    masks: values.masks ?? false,
    correct: values.correct ?? null,
    propagate: oneOf('--propagate', propagate, [...propagationWays, 'none'] as const),
    modelFolders: models ?? defaultModelFolders,
  };
}

const optionTypes = {
  out: { type: 'string' },
  model: { type: 'string' },
  models: { type: 'string', multiple: true },
  provider: { type: 'string' },
  view: { type: 'string' },
  'no-recognise': { type: 'boolean' },
  stage: { type: 'string' },
  frames: { type: 'string' },
  masks: { type: 'boolean' },
  correct: { type: 'string' },
  propagate: { type: 'string' },
} as const;

function oneOf<T extends string>(option: string, value: string | undefined, allowed: readonly T[]): T | null {
  if (value === undefined) return null;
  const found = allowed.find((candidate) => candidate === value.toLowerCase());
  if (found === undefined) throw wrongUsage(`${option} is one of ${allowed.join(', ')}, not "${value}".`);
  return found;
}

function frameRange(text: string): { from: number; to: number } {
  const match = /^(\d{1,9})-(\d{1,9})$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || from > to) {
    throw wrongUsage(`--frames is <from>-<to>, counted from 0 and with from ≤ to, not "${text}".`);
  }
  return { from, to };
}
